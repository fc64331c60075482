import { PlusOutlined, TableOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { metaOptions } from "@/api/queries";
import type { FieldValues, ObjectMeta, Reference } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { useCreateInPlace } from "../create-in-place";
import { sharedReferences } from "./candidates";

/** The object pointed at, where the caller may see it. */
export function useTargetObject(name: string): ObjectMeta | null {
  const meta = useQuery(metaOptions).data;
  return meta?.objects.find((object) => object.name === name) ?? null;
}

interface ExtrasProps {
  target: ObjectMeta | null;
  typed: string;
  /** The record being filled in: what is made from here belongs to the same ones. */
  values: FieldValues | undefined;
  onBrowse: () => void;
  onClose: () => void;
  onCreated: (made: Reference) => void;
}

/** Below the candidates: choose from a table, or make the record that is missing. */
export function ReferenceExtras({ target, typed, values, onBrowse, onClose, onCreated }: ExtrasProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const create = useCreateInPlace();
  if (!target) return null;
  const title = target.fields.find((field) => field.name === target.title_field);
  const shared = Object.fromEntries(
    Object.entries(sharedReferences(target, values)).map(([name, reference]) => [name, { ...reference }]),
  );
  const named: FieldValues = typed.trim() && title && !title.read_only ? { [title.name]: typed.trim() } : {};
  return (
    // The press keeps the focus in the input, so that the candidates stay open until something is chosen.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend
    <div className="gx-reference-extras" onMouseDown={(event) => event.preventDefault()} role="group">
      <Button
        type="text"
        size="small"
        icon={<TableOutlined />}
        onClick={() => {
          onClose();
          onBrowse();
        }}
      >
        {t("fields.valueHelp", { object: label(target.label) })}
      </Button>
      {create && target.access.create ? (
        <Button
          type="text"
          size="small"
          icon={<PlusOutlined />}
          onClick={() => {
            onClose();
            create(target.name, { ...shared, ...named }, onCreated);
          }}
        >
          {typed.trim()
            ? t("fields.createNamed", { name: typed.trim() })
            : t("fields.createNew", { object: label(target.label) })}
        </Button>
      ) : null}
    </div>
  );
}

export function withExtras(menu: ReactElement, extras: ReactElement): ReactElement {
  return (
    <>
      {menu}
      {extras}
    </>
  );
}
