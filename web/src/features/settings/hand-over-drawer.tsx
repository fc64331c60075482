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
import { useCloseGuard } from "@/ui/leave-guard";
import { ObjectTile } from "@/ui/object-icon";
import { SideDrawer } from "@/ui/side-drawer";
import { type HandedOver, handOver, ownedBy, ownedObjects } from "./hand-over";
import { fillable, fillPlaces, heldBy, type Place } from "./places";

const SUCCESSOR = { "zh-CN": "接手人", en: "Successor" };

/** What may go to the successor: the records of one object, or the places of one kind. */
interface Owned {
  key: string;
  object: ObjectMeta;
  place: Place | null;
  count: number | null;
}

type Outcome = HandedOver & { owned: Owned };

/** Gives what belongs to a member, say one who leaves, and his places, to another: first how much that is, then which of it. */
export function HandOverDrawer({ member, onClose }: { member: RecordData; onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [successor, setSuccessor] = useState<Reference | null>(null);
  const [left, setLeft] = useState<Set<string>>(new Set());
  const [running, setRunning] = useState<{ owned: Owned; done: number } | null>(null);
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const owned = [...useOwned(member.id), ...usePlaces(member.id)];
  const chosen = owned.filter(({ key, count }) => (count ?? 0) > 0 && !left.has(key));
  const total = chosen.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const self = successor?.id === member.id;
  const { close } = useCloseGuard(successor !== null && outcomes === null, onClose);

  const run = async (to: Reference) => {
    const found: Outcome[] = [];
    try {
      for (const one of chosen) {
        setRunning({ owned: one, done: 0 });
        const { object, place } = one;
        const outcome = place
          ? await fillPlaces(place, member, to.id)
          : await handOver(object.name, member.id, to.id, (done) => setRunning({ owned: one, done }));
        found.push({ owned: one, ...outcome });
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
      onClose={close}
      closable={!running}
      mask={{ closable: !running }}
      footer={
        outcomes ? null : (
          <div className="gx-drawer-foot">
            <Button onClick={close} disabled={running !== null}>
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
          {running ? <Running owned={running.owned} done={running.done} /> : null}
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
  return objects.map((object, index) => ({
    key: object.name,
    object,
    place: null,
    count: counts[index]?.data ?? null,
  }));
}

function usePlaces(member: string): Owned[] {
  const { objects } = useMeta();
  const places = fillable(objects);
  const counts = useQueries({
    queries: places.map((place) => {
      const filter = heldBy(place, member);
      return {
        queryKey: [...queryKeys.count(place.object, { filter }), "exact"],
        queryFn: async ({ signal }: { signal: AbortSignal }) =>
          (await listRecords(place.object, { filter, fields: "id", limit: 1, count: "exact" }, signal)).count?.value ??
          0,
      };
    }),
  });
  return places.flatMap((place, index) => {
    const object = objects.find((one) => one.name === place.object);
    return object ? [{ key: place.key, object, place, count: counts[index]?.data ?? null }] : [];
  });
}

/** How a kind of what is handed over is called. */
function useOwnedName(): (owned: Owned) => string {
  const { t } = useTranslation();
  const label = useLabel();
  return ({ object, place }) => (place ? t(`handOver.places.${place.key}`) : label(object.plural));
}

interface OwnedListProps {
  owned: Owned[];
  left: Set<string>;
  onChange: (left: Set<string>) => void;
  disabled: boolean;
}

function OwnedList({ owned, left, onChange, disabled }: OwnedListProps) {
  const { t } = useTranslation();
  const nameOf = useOwnedName();
  const formats = useFormats();
  const some = owned.filter(({ count }) => count === null || count > 0);
  if (some.length === 0) return <Alert type="info" showIcon title={t("handOver.nothing")} className="gx-drawer-note" />;
  return (
    <ul className="gx-hand-over">
      {some.map((one) => (
        <li key={one.key}>
          <Checkbox
            checked={!left.has(one.key)}
            disabled={disabled || one.count === null}
            onChange={({ target }) => {
              const next = new Set(left);
              if (target.checked) next.delete(one.key);
              else next.add(one.key);
              onChange(next);
            }}
          >
            <ObjectTile icon={one.object.icon} color={one.object.color} size={24} /> {nameOf(one)}
          </Checkbox>
          <span className="gx-numeric">{one.count === null ? "…" : formats.number(one.count)}</span>
        </li>
      ))}
    </ul>
  );
}

function Running({ owned, done }: { owned: Owned; done: number }) {
  const { t } = useTranslation();
  const nameOf = useOwnedName();
  return <p aria-live="polite">{t("handOver.running", { object: nameOf(owned), n: done })}</p>;
}

/** What became of it, object by object, each to be taken back. */
function Outcomes({ outcomes }: { outcomes: Outcome[] }) {
  const { t } = useTranslation();
  const nameOf = useOwnedName();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const undo = useUndoChange();
  const [undone, setUndone] = useState<Set<string>>(new Set());
  const takeBack = async ({ owned, changes }: Outcome) => {
    try {
      for (const change of changes) await undo.mutateAsync(change);
      setUndone((before) => new Set(before).add(owned.key));
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  return (
    <ul className="gx-hand-over">
      {outcomes.map((outcome) => {
        const { owned, succeeded, failed, reason, changes } = outcome;
        return (
          <li key={owned.key}>
            <div>
              {t("handOver.done", { object: nameOf(owned), n: succeeded })}
              {failed > 0 ? <small>{t("handOver.failed", { n: failed, reason: reason ?? "" })}</small> : null}
            </div>
            {changes.length === 0 ? null : undone.has(owned.key) ? (
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
