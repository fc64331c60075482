import { TeamOutlined } from "@ant-design/icons";
import { Button, InputNumber, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { ShareMode } from "@/api/pools";
import type { RecordData, Reference } from "@/api/types";
import { pickerField } from "@/engine/picker-field";
import { FieldInput } from "@/fields/field-input";
import { asReferences } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { MOST_WEIGHT } from "./shares";
import { usePoolPeople } from "./use-pool-people";

interface SharePeopleProps {
  pool: RecordData;
  members: Reference[];
  mode: ShareMode;
  weights: ReadonlyMap<string, number>;
  onMembers: (members: Reference[]) => void;
  onMode: (mode: ShareMode) => void;
  onWeights: (weights: ReadonlyMap<string, number>) => void;
}

const MEMBERS = pickerField("user", { "zh-CN": "成员", en: "Members" }, true);

/** Who takes part in a distribution, and by how much. */
export function SharePeople(props: SharePeopleProps) {
  const { pool, members, mode, weights, onMembers, onMode, onWeights } = props;
  const { t } = useTranslation();
  const formats = useFormats();
  const people = usePoolPeople(pool);
  const missing = people.filter(({ id }) => !members.some((member) => member.id === id));
  return (
    <>
      <div className="gx-pool-field">
        <label htmlFor="share-members">{t("pools.share.members")}</label>
        <FieldInput
          field={MEMBERS}
          id="share-members"
          value={members}
          onChange={(next) => onMembers(asReferences(next))}
          autoFocus
        />
        {missing.length > 0 ? (
          <Button size="small" icon={<TeamOutlined />} onClick={() => onMembers([...members, ...missing])}>
            {t("pools.share.addAll", { n: formats.number(missing.length) })}
          </Button>
        ) : null}
      </div>
      <fieldset className="gx-pool-field">
        <legend>{t("pools.share.how")}</legend>
        <Segmented<ShareMode>
          value={mode}
          onChange={onMode}
          options={[
            { value: "even", label: t("pools.share.even") },
            { value: "random", label: t("pools.share.random") },
            { value: "weighted", label: t("pools.share.weighted") },
          ]}
          aria-label={t("pools.share.how")}
        />
        <p className="gx-muted">{t(`pools.share.help.${mode}`)}</p>
      </fieldset>
      {mode === "weighted" && members.length > 0 ? (
        <ul className="gx-pool-weights" aria-label={t("pools.share.weights")}>
          {members.map((member) => {
            const name = member.label ?? t("common.notVisible");
            return (
              <li key={member.id}>
                <span className="gx-ellipsis">{name}</span>
                <InputNumber<number>
                  size="small"
                  min={1}
                  max={MOST_WEIGHT}
                  precision={0}
                  value={weights.get(member.id) ?? 1}
                  onChange={(weight) => onWeights(new Map([...weights, [member.id, weight ?? 1]]))}
                  aria-label={t("pools.share.weightOf", { name })}
                />
              </li>
            );
          })}
        </ul>
      ) : null}
    </>
  );
}
