import { Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { StoredObject } from "@/api/schema";
import { ChangeDrawer } from "./change-drawer";
import { withIndexes } from "./object-draft";
import { PathList } from "./path-list";

const UNFIT = new Set(["long_text", "rich_text", "json", "multi_select", "tags", "many_to_many"]);

/** An index over several fields, which may also say that no two records share the combination. */
export function IndexDrawer({ object, onClose }: { object: StoredObject; onClose: () => void }) {
  const { t } = useTranslation();
  const [fields, setFields] = useState<string[]>([]);
  const [unique, setUnique] = useState(false);
  const next = [...(object.index ?? []), { fields, ...(unique ? { unique: true } : {}) }];
  return (
    <ChangeDrawer
      object={object}
      title={t("settings.indexes.add")}
      draft={{ fields, unique }}
      change={fields.length > 0 ? { op: "change_object", object: withIndexes(object, next) } : null}
      onClose={onClose}
    >
      {() => (
        <>
          <PathList
            id="index-fields"
            title={t("settings.indexes.fields")}
            help={t("settings.indexes.fieldsHelp")}
            object={object.name}
            paths={fields}
            onChange={setFields}
            own
            fits={(field) => !UNFIT.has(field.type)}
            required
          />
          <Checkbox checked={unique} onChange={(event) => setUnique(event.target.checked)}>
            {t("settings.indexes.unique")}
          </Checkbox>
        </>
      )}
    </ChangeDrawer>
  );
}
