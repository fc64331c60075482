import { useQuery } from "@tanstack/react-query";
import { Alert, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { readRecord } from "@/api/records";
import { findObject, useMeta } from "@/engine/meta";
import type { ActionScreenProps, SelectionScreenProps } from "@/engine/slots";
import { titleText } from "@/fields/reference/title";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { DistributeDrawer } from "./distribute-drawer";
import { byPool, MOST_RECORDS } from "./shares";
import { useOldestInPool, useTickedRecords } from "./use-pool-records";

/** Records of a pool given to several members, begun from a list: those that are ticked. */
export function DistributeTicked({ object, ids, onClose }: SelectionScreenProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const ticked = useTickedRecords(object.name, ids);
  const { pools, outside } = byPool(ticked.data ?? []);
  const [chosen, setChosen] = useState<string | null>(null);
  const share = pools.find(({ pool }) => pool.id === chosen) ?? pools[0];
  const pool = usePool(share?.pool.id ?? "");
  const name = (one: { label: string | null }) => one.label ?? t("common.notVisible");
  return (
    <DistributeDrawer
      object={object}
      pool={pool.data}
      ids={share?.ids ?? []}
      loading={ticked.isPending || (share !== undefined && pool.isPending)}
      error={ticked.error ?? pool.error}
      onClose={onClose}
    >
      {ticked.data && !share ? <Alert type="info" showIcon title={t("pools.share.noneInPool")} /> : null}
      {share ? (
        <p>
          {t("pools.share.ticked", { n: formats.number(share.ids.length), pool: name(share.pool) })}
          {outside > 0 ? ` ${t("pools.share.outside", { n: formats.number(outside) })}` : ""}
        </p>
      ) : null}
      {share && pools.length > 1 ? (
        <div className="gx-pool-field">
          <label htmlFor="share-pool">{t("pools.share.onePool")}</label>
          <Select
            id="share-pool"
            value={share.pool.id}
            onChange={setChosen}
            options={pools.map(({ pool: one, ids: own }) => ({
              value: one.id,
              label: t("pools.share.poolOf", { pool: name(one), n: formats.number(own.length) }),
            }))}
          />
        </div>
      ) : null}
    </DistributeDrawer>
  );
}

const FIRST = 20;

/** The same begun from a pool: so many of its records, those that have lain there longest. */
export function DistributePool({ record, onClose }: ActionScreenProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const object = findObject(useMeta(), asText(record.object));
  const [most, setMost] = useState<number>(FIRST);
  const oldest = useOldestInPool(object?.name ?? "", record.id, most);
  const pool = usePool(record.id);
  const count = oldest.data?.count;
  return (
    <DistributeDrawer
      object={object}
      pool={pool.data ?? record}
      ids={(oldest.data?.items ?? []).map(({ id }) => id)}
      loading={oldest.isPending || pool.isPending}
      error={oldest.error}
      onClose={onClose}
    >
      {count ? (
        <p>
          {t(count.exact ? "pools.share.inPool" : "pools.share.inPoolMore", {
            n: formats.number(count.value),
            object: object ? label(object.plural) : t("pools.records"),
            pool: titleText(record.name),
          })}
        </p>
      ) : null}
      <div className="gx-pool-field">
        <label htmlFor="share-most">{t("pools.share.howMany")}</label>
        <InputNumber<number>
          id="share-most"
          value={most}
          min={1}
          max={MOST_RECORDS}
          precision={0}
          onChange={(next) => setMost(next ?? FIRST)}
        />
        <span className="gx-muted">{t("pools.share.oldestFirst")}</span>
      </div>
    </DistributeDrawer>
  );
}

function usePool(id: string) {
  return useQuery({
    queryKey: queryKeys.record("pool", id),
    queryFn: ({ signal }) => readRecord("pool", id, undefined, signal),
    enabled: id !== "",
    staleTime: 10_000,
  });
}
