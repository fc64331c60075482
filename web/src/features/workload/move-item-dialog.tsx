import { DatePicker, Form, Modal, Select } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { WorkloadItem, WorkloadPerson } from "@/api/types";
import type { Place } from "./workload-model";

interface MoveItemDialogProps {
  item: WorkloadItem;
  from: Place;
  people: WorkloadPerson[];
  onMove: (to: Place) => void;
  onCancel: () => void;
}

/** Gives something to another person or day without dragging. */
export function MoveItemDialog({ item, from, people, onMove, onCancel }: MoveItemDialogProps) {
  const { t } = useTranslation();
  const [member, setMember] = useState(from.member);
  const [day, setDay] = useState(from.day);
  return (
    <Modal
      open
      title={t("workload.moveItem", { title: item.title ?? t("board.untitled") })}
      okText={t("workload.move")}
      onOk={() => onMove({ member, day })}
      onCancel={onCancel}
      destroyOnHidden
    >
      <Form layout="vertical">
        <Form.Item label={t("workload.toPerson")} htmlFor="workload-person">
          <Select
            id="workload-person"
            autoFocus
            showSearch={{ optionFilterProp: "label" }}
            value={member.id}
            options={people.map((person) => ({ value: person.member.id, label: person.member.label ?? "" }))}
            onChange={(id: string, option) => {
              const label = Array.isArray(option) ? "" : (option?.label ?? "");
              setMember({ id, label });
            }}
          />
        </Form.Item>
        <Form.Item label={t("workload.toDay")} htmlFor="workload-day">
          <DatePicker
            id="workload-day"
            value={dayjs(day)}
            allowClear={false}
            onChange={(next) => next && setDay(next.format("YYYY-MM-DD"))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
