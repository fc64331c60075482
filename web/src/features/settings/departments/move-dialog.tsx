import { Form, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordData, Reference } from "@/api/types";
import { asReference, asText } from "@/fields/values";
import { belowItself, type DepartmentNode, departmentPaths } from "./department-tree";

interface MoveDialogProps {
  record: RecordData;
  tree: DepartmentNode[];
  onMove: (parent: Reference | null) => void;
  onClose: () => void;
}

/** No department's id: the top of the tree. */
const TOP = "";

/** Where a department is to stand, for whoever does not drag. */
export function MoveDialog({ record, tree, onMove, onClose }: MoveDialogProps) {
  const { t } = useTranslation();
  const before = asReference(record.parent)?.id ?? TOP;
  const [parent, setParent] = useState(before);
  const forbidden = belowItself(tree, record.id);
  const choices = departmentPaths(tree).filter(({ id }) => !forbidden.has(id));
  const submit = () => {
    const path = choices.find(({ id }) => id === parent)?.path;
    if (parent !== before) onMove(path ? { id: parent, label: path.at(-1) ?? "" } : null);
    onClose();
  };
  return (
    <Modal
      open
      title={t("settings.departments.move", { name: asText(record.name) })}
      okText={t("settings.departments.moveOk")}
      okButtonProps={{ disabled: parent === before }}
      onOk={submit}
      onCancel={onClose}
      width={440}
    >
      <Form layout="vertical" onFinish={submit}>
        <Form.Item
          label={t("settings.departments.moveTo")}
          htmlFor="department-parent"
          extra={t("settings.departments.moveText")}
        >
          <Select
            id="department-parent"
            autoFocus
            value={parent}
            onChange={setParent}
            showSearch={{ optionFilterProp: "label" }}
            options={[
              { value: TOP, label: t("settings.departments.top") },
              ...choices.map(({ id, path }) => ({ value: id, label: path.join(" / ") })),
            ]}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
