import { Form, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoardMeta, FieldMeta, FieldValues, ObjectMeta } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { isEmptyValue } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { useDraftGuard } from "@/ui/leave-guard";
import { findField } from "../meta";
import { useMe } from "../session";
import { holds, isNeeded } from "./moves";
import type { PendingMove } from "./use-board-move";

const partOf = (path: string) => path.split(".")[0] ?? "";

interface MoveDialogProps {
  object: ObjectMeta;
  board: BoardMeta;
  pending: PendingMove;
  onAnswer: (values: FieldValues) => void;
  onCancel: () => void;
}

/** What the new column wants to know before the card may go there. */
export function MoveDialog({ object, board, pending, onAnswer, onCancel }: MoveDialogProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const me = useMe();
  const errorText = useErrorText();
  const { record, to, inputs, error } = pending;
  const [values, setValues] = useState<FieldValues>(() =>
    Object.fromEntries(inputs.map((input) => [input.name, pending.values[input.name] ?? record[input.name]])),
  );
  const { close } = useDraftGuard(values, onCancel);
  const [tried, setTried] = useState(error !== null);
  const viewer = {
    id: me.user.id,
    department: me.user.department?.id ?? null,
    roles: me.user.roles,
    timeZone: me.time_zone,
  };
  const known = { ...record, ...values, [board.group_by]: to.key };
  const isRequired = (input: FieldMeta) =>
    input.required || isNeeded(error, input.name) || holds(input.required_when, inputs, known, viewer, false);
  const missing = inputs.filter((input) => isRequired(input) && isEmptyValue(values[input.name]));
  const submit = () => {
    setTried(true);
    if (missing.length === 0) onAnswer(values);
  };
  const problemOf = (input: FieldMeta): string | null => {
    const refused = error?.fieldErrors.find((one) => partOf(one.field) === input.name);
    // It has been answered since.
    const changed = values[input.name] !== (pending.values[input.name] ?? record[input.name]);
    if (refused && !changed) return refused.message;
    return tried && missing.includes(input) ? t("common.required", { field: label(input.label) }) : null;
  };
  // What is wrong besides: a move that is not allowed, tasks that are not done.
  const others = error
    ? error.fieldErrors.length === 0
      ? [errorText(error)]
      : error.fieldErrors.filter((one) => !inputs.some((it) => it.name === partOf(one.field))).map((one) => one.message)
    : [];
  return (
    <Modal
      open
      title={t("board.moveTitle", { column: label(to.label) })}
      okText={t("board.moveConfirm")}
      onOk={submit}
      onCancel={close}
      destroyOnHidden
    >
      {others.map((text) => (
        <p key={text} role="alert">
          {text}
        </p>
      ))}
      <Form layout="vertical" onFinish={submit}>
        {inputs.map((input, index) => {
          const problem = problemOf(input);
          // An input that stands for a field of the record takes that field's choices.
          const own = findField(object, input.name);
          const field = own?.options && !input.options ? { ...input, options: own.options } : input;
          return (
            <Form.Item
              key={input.name}
              label={label(input.label)}
              htmlFor={`move-${input.name}`}
              required={isRequired(input)}
              {...(problem ? { validateStatus: "error" as const, help: problem } : {})}
              extra={label(input.help) || undefined}
            >
              <FieldInput
                id={`move-${input.name}`}
                field={field}
                value={values[input.name]}
                onChange={(value) => setValues((current) => ({ ...current, [input.name]: value }))}
                autoFocus={index === 0}
                {...(problem ? { status: "error" as const } : {})}
              />
            </Form.Item>
          );
        })}
      </Form>
    </Modal>
  );
}
