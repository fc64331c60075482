import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";
import { fieldChoices } from "@/engine/filter/field-choices";
import { findObject, resolvePath, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { moved, OrderTools } from "./order-tools";

interface PathListProps {
  id: string;
  title: string;
  help?: string;
  /** The object the paths begin at. */
  object: string;
  paths: string[];
  onChange: (paths: string[]) => void;
  /** Only fields of the object itself, not those of records it refers to. */
  own?: boolean;
  /** Not offered, such as what stands elsewhere already. */
  taken?: ReadonlySet<string>;
  fits?: (field: FieldMeta) => boolean;
  required?: boolean;
}

/** What people call a path; the path itself where it leads nowhere. */
export function usePathName(objectName: string): (path: string) => string {
  const meta = useMeta();
  const label = useLabel();
  const object = findObject(meta, objectName);
  return (path) => label(object ? resolvePath(meta, object, path)?.field.label : null) || path;
}

/** Fields in an order of one's own: chosen from a list, moved and taken out by buttons. */
export function PathList(props: PathListProps) {
  const { id, title, help, object: name, paths, onChange, own = false, taken, fits = () => true, required } = props;
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const nameOf = usePathName(name);
  const object = findObject(meta, name);
  const free = (path: string) => !paths.includes(path) && !taken?.has(path);
  const groups = object ? fieldChoices(meta, object, fits).filter((group) => !own || group.via === null) : [];
  const options = groups
    .map((group) => ({
      label: group.via ? t("list.columnsRelated", { object: label(group.via.label) }) : label(object?.label),
      options: group.fields
        .filter((choice) => free(choice.path) && !(own && choice.path.includes(".")))
        .map((choice) => ({ value: choice.path, label: nameOf(choice.path) })),
    }))
    .filter((group) => group.options.length > 0);
  return (
    <Form.Item label={title} htmlFor={id} extra={help} required={required === true}>
      {paths.length > 0 ? (
        <ol className="gx-paths">
          {paths.map((path, index) => (
            <li key={path}>
              <span className="gx-ellipsis">{nameOf(path)}</span>
              <OrderTools
                name={nameOf(path)}
                index={index}
                count={paths.length}
                onMove={(by) => onChange(moved(paths, index, by))}
                onRemove={() => onChange(paths.filter((other) => other !== path))}
              />
            </li>
          ))}
        </ol>
      ) : null}
      <Select
        id={id}
        value={null}
        onChange={(path: string | null) => path && onChange([...paths, path])}
        options={options}
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("settings.views.addField")}
        aria-label={`${title}: ${t("settings.views.addField")}`}
      />
    </Form.Item>
  );
}
