import { Checkbox, Form, Modal, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BulkChange, FieldMeta, FieldValue, ObjectMeta } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReferences, isEmptyValue, toWire } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useDraftGuard } from "@/ui/leave-guard";
import { isEditable } from "./columns";
import type { Bulk } from "./use-bulk";

export type BulkKind = "edit" | "assign" | "tags";

interface BulkDialogProps {
  kind: BulkKind;
  object: ObjectMeta;
  title: string;
  bulk: Bulk;
  onClose: () => void;
}

/** Fields that make no sense to set to one value on many records. */
function isBulkField(field: FieldMeta): boolean {
  return (
    isEditable(field) && !field.unique && !["tags", "file", "image", "json", "rich_text", "geo"].includes(field.type)
  );
}

/** One change for many records: a field's new value, an owner, tags to add or take off. */
export function BulkDialog({ kind, object, title, bulk, onClose }: BulkDialogProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const fixed =
    kind === "assign"
      ? "owner"
      : kind === "tags"
        ? object.fields.find((field) => field.type === "tags")?.name
        : undefined;
  const [name, setName] = useState<string | undefined>(fixed);
  const [value, setValue] = useState<FieldValue | undefined>(null);
  const [empty, setEmpty] = useState(false);
  const [taking, setTaking] = useState<"add" | "remove">("add");
  const field = object.fields.find((candidate) => candidate.name === name);
  const { close, release } = useDraftGuard({ value, empty }, onClose);
  const mayEmpty = kind === "edit" && field && !field.required && field.type !== "boolean";
  const given = field?.type === "boolean" ? (value ?? false) : value;
  const ready = field !== undefined && (empty || !isEmptyValue(given));

  const submit = async () => {
    if (!field) return;
    const ids = asReferences(value).map((reference) => reference.id);
    const change: BulkChange =
      kind === "tags"
        ? taking === "add"
          ? { add_tags: ids }
          : { remove_tags: ids }
        : { update: { [field.name]: empty ? null : toWire(given) } };
    if (!(await bulk.run(change))) return;
    release();
    onClose();
  };
  return (
    <Modal
      open
      title={title}
      onCancel={close}
      onOk={() => void submit()}
      okText={t("list.bulkApply")}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={bulk.pending}
      width={460}
    >
      <Form layout="vertical">
        {kind === "edit" ? (
          <Form.Item label={t("list.bulkField")} htmlFor="bulk-field">
            <Select<string>
              id="bulk-field"
              value={name}
              onChange={(next) => {
                setName(next);
                setValue(null);
                setEmpty(false);
              }}
              options={object.fields
                .filter(isBulkField)
                .map((candidate) => ({ value: candidate.name, label: label(candidate.label) }))}
              showSearch={{ optionFilterProp: "label" }}
              placeholder={t("filter.field")}
              autoFocus
            />
          </Form.Item>
        ) : null}
        {kind === "tags" ? (
          <Form.Item>
            <Segmented<"add" | "remove">
              value={taking}
              onChange={setTaking}
              options={[
                { value: "add", label: t("list.tagsAdd") },
                { value: "remove", label: t("list.tagsRemove") },
              ]}
              aria-label={t("list.tags")}
            />
          </Form.Item>
        ) : null}
        {field ? (
          <Form.Item
            label={kind === "edit" ? t("list.bulkValue") : kind === "assign" ? t("list.assignTitle") : t("list.tags")}
            htmlFor="bulk-value"
          >
            <FieldInput
              key={field.name}
              id="bulk-value"
              field={kind === "assign" ? { ...field, required: true } : field}
              value={given}
              onChange={setValue}
              disabled={empty}
            />
          </Form.Item>
        ) : null}
        {mayEmpty ? (
          <Checkbox checked={empty} onChange={(event) => setEmpty(event.target.checked)}>
            {t("list.bulkClear")}
          </Checkbox>
        ) : null}
      </Form>
    </Modal>
  );
}
