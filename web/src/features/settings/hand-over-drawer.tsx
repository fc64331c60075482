import { useQueries, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { listRecords } from "@/api/records";
import type { ObjectMeta, RecordData, Reference } from "@/api/types";
import { useMeta } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { invalidateObject, useUndoChange } from "@/engine/records";
import { FieldInput } from "@/fields/field-input";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { ObjectTile } from "@/ui/object-icon";
import { SideDrawer } from "@/ui/side-drawer";
import { type HandedOver, handOver, ownedBy, ownedObjects } from "./hand-over";

const SUCCESSOR = { "zh-CN": "接手人", en: "Successor" };

interface Owned {
  object: ObjectMeta;
  count: number | null;
}

type Outcome = HandedOver & { object: ObjectMeta };

/** Gives what belongs to a member, say one who leaves, to another: first how much that is, then which of it. */
export function HandOverDrawer({ member, onClose }: { member: RecordData; onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [successor, setSuccessor] = useState<Reference | null>(null);
  const [left, setLeft] = useState<Set<string>>(new Set());
  const [running, setRunning] = useState<{ object: ObjectMeta; done: number } | null>(null);
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const owned = useOwned(member.id);
  const chosen = owned.filter(({ object, count }) => (count ?? 0) > 0 && !left.has(object.name));
  const total = chosen.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const self = successor?.id === member.id;

  const run = async (to: Reference) => {
    const found: Outcome[] = [];
    try {
      for (const { object } of chosen) {
        setRunning({ object, done: 0 });
        found.push({
          object,
          ...(await handOver(object.name, member.id, to.id, (done) => setRunning({ object, done }))),
        });
        void invalidateObject(queryClient, object.name);
      }
    } catch (error) {
      void message.error(errorText(error));
    }
    setRunning(null);
    setOutcomes(found);
  };
  return (
    <SideDrawer
      title={t("handOver.title", { name: asText(member.name) })}
      size={520}
      onClose={onClose}
      closable={!running}
      mask={{ closable: !running }}
      footer={
        outcomes ? null : (
          <div className="gx-drawer-foot">
            <Button onClick={onClose} disabled={running !== null}>
              {t("common.cancel")}
            </Button>
            <Button
              type="primary"
              loading={running !== null}
              disabled={!successor || self || total === 0}
              onClick={() => successor && void run(successor)}
            >
              {t("handOver.run", { n: total })}
            </Button>
          </div>
        )
      }
    >
      {outcomes ? (
        <Outcomes outcomes={outcomes} />
      ) : (
        <>
          <p className="gx-muted">{t("handOver.text")}</p>
          <label htmlFor="hand-over-to">{t("handOver.successor")}</label>
          <FieldInput
            field={pickerField("user", SUCCESSOR, false)}
            id="hand-over-to"
            value={successor}
            onChange={(next) => setSuccessor(asReference(next))}
          />
          {self ? <p role="alert">{t("handOver.self")}</p> : null}
          <OwnedList owned={owned} left={left} onChange={setLeft} disabled={running !== null} />
          {running ? <Running object={running.object} done={running.done} /> : null}
        </>
      )}
    </SideDrawer>
  );
}

function useOwned(member: string): Owned[] {
  const objects = ownedObjects(useMeta().objects);
  const filter = ownedBy(member);
  const counts = useQueries({
    queries: objects.map((object) => ({
      queryKey: [...queryKeys.count(object.name, { filter }), "exact"],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await listRecords(object.name, { filter, fields: "id", limit: 1, count: "exact" }, signal)).count?.value ?? 0,
    })),
  });
  return objects.map((object, index) => ({ object, count: counts[index]?.data ?? null }));
}

interface OwnedListProps {
  owned: Owned[];
  left: Set<string>;
  onChange: (left: Set<string>) => void;
  disabled: boolean;
}

function OwnedList({ owned, left, onChange, disabled }: OwnedListProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const some = owned.filter(({ count }) => count === null || count > 0);
  if (some.length === 0) return <Alert type="info" showIcon title={t("handOver.nothing")} className="gx-drawer-note" />;
  return (
    <ul className="gx-hand-over">
      {some.map(({ object, count }) => (
        <li key={object.name}>
          <Checkbox
            checked={!left.has(object.name)}
            disabled={disabled || count === null}
            onChange={({ target }) => {
              const next = new Set(left);
              if (target.checked) next.delete(object.name);
              else next.add(object.name);
              onChange(next);
            }}
          >
            <ObjectTile icon={object.icon} color={object.color} size={24} /> {label(object.plural)}
          </Checkbox>
          <span className="gx-numeric">{count === null ? "…" : formats.number(count)}</span>
        </li>
      ))}
    </ul>
  );
}

function Running({ object, done }: { object: ObjectMeta; done: number }) {
  const { t } = useTranslation();
  const label = useLabel();
  return <p aria-live="polite">{t("handOver.running", { object: label(object.plural), n: done })}</p>;
}

/** What became of it, object by object, each to be taken back. */
function Outcomes({ outcomes }: { outcomes: Outcome[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undo = useUndoChange();
  const [undone, setUndone] = useState<Set<string>>(new Set());
  const takeBack = async ({ object, changes }: Outcome) => {
    try {
      for (const change of changes) await undo.mutateAsync(change);
      setUndone((before) => new Set(before).add(object.name));
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  return (
    <ul className="gx-hand-over">
      {outcomes.map((outcome) => {
        const { object, succeeded, failed, reason, changes } = outcome;
        return (
          <li key={object.name}>
            <div>
              {t("handOver.done", { object: label(object.plural), n: succeeded })}
              {failed > 0 ? <small>{t("handOver.failed", { n: failed, reason: reason ?? "" })}</small> : null}
            </div>
            {changes.length === 0 ? null : undone.has(object.name) ? (
              <span className="gx-muted">{t("handOver.undone")}</span>
            ) : (
              <Button size="small" loading={undo.isPending} onClick={() => void takeBack(outcome)}>
                {t("common.undo")}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
