import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldMeta } from "@/api/types";
import { useMeta } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { FieldInput } from "@/fields/field-input";
import { asReference, asReferences } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { type Draft, emptyDraft, KINDS, type Kind, movedDraft, ownedObjects, withPool } from "./plan";
import { type PoolEntry, usePools } from "./use-pools";

const DEPARTMENT = pickerField("department", { "zh-CN": "部门", en: "Department" }, false);

interface PlanEditorProps {
  drafts: Draft[];
  onChange: (drafts: Draft[]) => void;
}

/** The targets of a hand-over in their order: which records, and to whom they go. */
export function PlanEditor({ drafts, onChange }: PlanEditorProps) {
  const { t } = useTranslation();
  const pools = usePools();
  const change = (key: number, next: Draft) => onChange(drafts.map((draft) => (draft.key === key ? next : draft)));
  const add = () => onChange([...drafts, emptyDraft(Math.max(0, ...drafts.map(({ key }) => key)) + 1)]);
  return (
    <div>
      <ol className="gx-transfer-plan">
        {drafts.map((draft, at) => (
          <li key={draft.key}>
            <div className="gx-transfer-target-head">
              {t("ownership.transfer.target", { n: at + 1 })}
              <Button
                type="text"
                size="small"
                icon={<ArrowUpOutlined />}
                disabled={at === 0}
                aria-label={t("ownership.transfer.up", { n: at + 1 })}
                onClick={() => onChange(movedDraft(drafts, at, -1))}
              />
              <Button
                type="text"
                size="small"
                icon={<ArrowDownOutlined />}
                disabled={at === drafts.length - 1}
                aria-label={t("ownership.transfer.down", { n: at + 1 })}
                onClick={() => onChange(movedDraft(drafts, at, 1))}
              />
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                disabled={drafts.length === 1}
                aria-label={t("ownership.transfer.remove", { n: at + 1 })}
                onClick={() => onChange(drafts.filter(({ key }) => key !== draft.key))}
              />
            </div>
            <TargetFields draft={draft} pools={pools} onChange={(next) => change(draft.key, next)} />
          </li>
        ))}
      </ol>
      <Button type="dashed" block icon={<PlusOutlined />} onClick={add} className="gx-transfer-add">
        {t("ownership.transfer.add")}
      </Button>
    </div>
  );
}

interface TargetFieldsProps {
  draft: Draft;
  pools: PoolEntry[];
  onChange: (draft: Draft) => void;
}

function TargetFields({ draft, pools, onChange }: TargetFieldsProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const objects = ownedObjects(useMeta().objects);
  const id = (name: string) => `transfer-${draft.key}-${name}`;
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  const offered = pools.filter((pool) => draft.object === null || pool.object === draft.object);
  const kinds = KINDS.filter((kind) => kind !== "pool" || offered.length > 0);
  return (
    <>
      <div className="gx-transfer-line">
        <label htmlFor={id("object")}>{t("ownership.transfer.objects")}</label>
        <Select<string>
          id={id("object")}
          value={draft.object ?? ""}
          onChange={(object) => set({ object: object || null, pool: null })}
          options={[
            { value: "", label: t("ownership.transfer.allObjects") },
            ...objects.map((one) => ({ value: one.name, label: label(one.plural) })),
          ]}
        />
      </div>
      <div className="gx-transfer-line">
        <label htmlFor={id("when")}>{t("ownership.transfer.when")}</label>
        <Input
          id={id("when")}
          value={draft.when}
          placeholder={t("ownership.transfer.whenHint")}
          onChange={(event) => set({ when: event.target.value })}
          spellCheck={false}
        />
      </div>
      <div className="gx-transfer-line">
        <label htmlFor={id("department")}>{t("ownership.transfer.department")}</label>
        <FieldInput
          field={DEPARTMENT}
          id={id("department")}
          value={draft.department}
          placeholder={t("ownership.transfer.departmentHint")}
          onChange={(department) => set({ department: asReference(department) })}
        />
      </div>
      <div className="gx-transfer-line">
        <span id={id("kind")}>{t("ownership.transfer.to")}</span>
        <Segmented<Kind>
          value={draft.kind}
          onChange={(kind) => set({ kind })}
          options={kinds.map((kind) => ({ value: kind, label: t(`ownership.transfer.kinds.${kind}`) }))}
          aria-labelledby={id("kind")}
        />
      </div>
      {draft.kind === "member" ? (
        <Picker id={id("member")} several={false} value={draft.member} onChange={(member) => set({ member })} />
      ) : null}
      {draft.kind === "members" ? (
        <Picker id={id("members")} several value={draft.members} onChange={(members) => set({ members })} />
      ) : null}
      {draft.kind === "pool" ? (
        <div className="gx-transfer-line">
          <label htmlFor={id("pool")}>{t("ownership.transfer.pool")}</label>
          <Select<string>
            id={id("pool")}
            value={draft.pool}
            placeholder={t("ownership.transfer.poolHint")}
            onChange={(pool) => onChange(withPool(draft, pools.find((one) => one.id === pool) ?? null))}
            options={offered.map((pool) => ({ value: pool.id, label: pool.name }))}
          />
        </div>
      ) : null}
    </>
  );
}

const MEMBER: { [several: string]: FieldMeta } = {
  false: pickerField("user", { "zh-CN": "接手人", en: "Successor" }, false),
  true: pickerField("user", { "zh-CN": "接手人", en: "Successors" }, true),
};

type PickerProps = { id: string } & (
  | { several: false; value: Draft["member"]; onChange: (member: Draft["member"]) => void }
  | { several: true; value: Draft["members"]; onChange: (members: Draft["members"]) => void }
);

function Picker(props: PickerProps) {
  const { t } = useTranslation();
  const field = MEMBER[String(props.several)];
  if (!field) return null;
  return (
    <div className="gx-transfer-line">
      <label htmlFor={props.id}>{t(props.several ? "ownership.transfer.members" : "ownership.transfer.member")}</label>
      <FieldInput
        field={field}
        id={props.id}
        value={props.value}
        onChange={(value) => (props.several ? props.onChange(asReferences(value)) : props.onChange(asReference(value)))}
      />
    </div>
  );
}
