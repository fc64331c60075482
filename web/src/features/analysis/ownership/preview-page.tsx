import { ApartmentOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, App, Button, Select } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { decideOwnership, previewOwnership, RULE, type RulesPreview } from "@/api/ownership";
import { queryKeys } from "@/api/query-keys";
import { listRecords, updateRecord } from "@/api/records";
import { findObject, useMeta, useObject } from "@/engine/meta";
import { invalidateObject } from "@/engine/records";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { stateOf } from "../figure-state";
import { askedOrder, type OrderedRule, orderOf, sameOrder, toSave } from "./order";
import { MovesCard, RecordsCard } from "./preview-figures";
import { RuleOrder } from "./rule-order";
import "../analysis.css";
import "./ownership.css";

const ACCOUNT = "account";
const TILES = ["looked_at", "changed", "same", "undecided", "fixed", "locked", "in_pool"] as const;

/** `/ownership`: what the rules of ownership would change, in their order or in one that is tried out. */
export function OwnershipPage() {
  const { t } = useTranslation();
  const rule = useObject(RULE);
  useEffect(() => {
    document.title = `${t("ownership.title")} · ${t("common.product")}`;
  }, [t]);
  if (!rule?.actions.some((action) => action.name === "preview")) {
    return <EmptyState icon={<ApartmentOutlined />} title={t("analysis.none")} text={t("ownership.noneText")} />;
  }
  return <OwnershipScreen mayChange={rule.access.update} />;
}

function OwnershipScreen({ mayChange }: { mayChange: boolean }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const navigate = useNavigate();
  const { object = ACCOUNT } = useSearch({ from: "/shell/ownership" });
  const query = { fields: "name,object,position,active", sort: "position,name", limit: 500 };
  const rules = useQuery({
    queryKey: [...queryKeys.object(RULE), "all", query],
    queryFn: async ({ signal }) => (await listRecords(RULE, query, signal)).items,
    staleTime: 10_000,
  });
  const items = rules.data ?? [];
  const now = useMemo(() => orderOf(rules.data ?? [], object), [rules.data, object]);
  const [tried, setTried] = useState<OrderedRule[] | null>(null);
  const order = tried ?? now;
  const changed = tried !== null && !sameOrder(tried, now);
  const asked = changed ? askedOrder(order) : null;
  const preview = useQuery({
    queryKey: [...queryKeys.object(RULE), "preview", object, asked],
    queryFn: () => previewOwnership(object, asked),
    enabled: rules.data !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  });
  const objects = [...new Set([ACCOUNT, ...items.map((item) => asText(item.object))])].flatMap(
    (name) => findObject(meta, name) ?? [],
  );
  return (
    <div className="gx-analysis">
      <header className="gx-analysis-head">
        <h1>{t("ownership.title")}</h1>
        <div className="gx-analysis-filters" role="toolbar" aria-label={t("analysis.filters")}>
          {objects.length > 1 ? (
            <Select<string>
              value={object}
              onChange={(next) => {
                setTried(null);
                void navigate({ to: "/ownership", search: { object: next }, replace: true });
              }}
              options={objects.map((one) => ({ value: one.name, label: label(one.plural) }))}
              popupMatchSelectWidth={false}
              aria-label={t("ownership.preview.object")}
            />
          ) : null}
          <Link to="/o/$object" params={{ object: RULE }} className="gx-ownership-all">
            {t("ownership.preview.allRules")}
          </Link>
        </div>
      </header>
      {preview.data ? <Tiles preview={preview.data} stale={preview.isFetching} /> : null}
      <div className="gx-analysis-cards">
        <section className="gx-analysis-card" data-wide aria-labelledby="gx-ownership-order">
          <header>
            <h2 id="gx-ownership-order">{t("ownership.preview.order")}</h2>
            {mayChange ? (
              <OrderButtons order={order} now={items} changed={changed} onReset={() => setTried(null)} />
            ) : null}
          </header>
          <p className="gx-analysis-help">{t("ownership.preview.orderHelp")}</p>
          {rules.data && order.length === 0 ? <p className="gx-analysis-none">{t("ownership.noRules")}</p> : null}
          <RuleOrder rules={order} preview={preview.data} onChange={setTried} />
          {preview.data?.partial ? <p className="gx-analysis-help">{t("ownership.preview.partial")}</p> : null}
        </section>
        {preview.data ? (
          <>
            <MovesCard preview={preview.data} state={stateOf(preview)} />
            <RecordsCard preview={preview.data} />
          </>
        ) : (preview.error ?? rules.error) ? (
          <PreviewError
            error={preview.error ?? rules.error}
            onRetry={() => void (rules.error ? rules.refetch() : preview.refetch())}
          />
        ) : (
          <PageSkeleton rows={6} />
        )}
      </div>
    </div>
  );
}

function PreviewError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const again = (
    <Button size="small" onClick={onRetry}>
      {t("common.retry")}
    </Button>
  );
  return <Alert type="error" showIcon title={errorText(error)} action={again} />;
}

function Tiles({ preview, stale }: { preview: RulesPreview; stale: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <dl className="gx-analysis-tiles gx-ownership-tiles" aria-live="polite" aria-busy={stale}>
      {TILES.filter((tile) => preview[tile] > 0 || ["looked_at", "changed", "same"].includes(tile)).map((tile) => (
        <div key={tile}>
          <dt>{t(`ownership.tiles.${tile}`)}</dt>
          <dd className="gx-numeric">
            {formats.number(preview[tile])}
            <small>{t(`ownership.tiles.${tile}_note`)}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface OrderButtonsProps {
  order: OrderedRule[];
  now: Parameters<typeof toSave>[1];
  changed: boolean;
  onReset: () => void;
}

/** The order tried out is made the one in force; the rules are applied at once rather than at night. */
function OrderButtons({ order, now, changed, onReset }: OrderButtonsProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const during = async (work: () => Promise<void>) => {
    setBusy(true);
    await work().catch((error: unknown) => void message.error(errorText(error)));
    setBusy(false);
  };
  const save = () =>
    during(async () => {
      try {
        for (const { id, version, values } of toSave(order, now)) {
          await updateRecord(RULE, id, { ...values }, { version });
        }
      } finally {
        // Where one is refused, those before it have new versions: trying again begins from them.
        await invalidateObject(queryClient, RULE);
      }
      onReset();
      void message.success(t("ownership.preview.saved"));
    });
  const apply = async () => {
    const sure = await modal.confirm({
      title: t("ownership.preview.apply"),
      content: t("ownership.preview.applyText"),
      okText: t("ownership.preview.apply"),
    });
    if (!sure) return;
    await during(async () => {
      await decideOwnership();
      void message.success(t("ownership.preview.applied"));
    });
  };
  return (
    <span className="gx-ownership-buttons">
      {changed ? (
        <>
          <Button size="small" onClick={onReset} disabled={busy}>
            {t("ownership.preview.reset")}
          </Button>
          <Button size="small" type="primary" onClick={() => void save()} loading={busy}>
            {t("ownership.preview.save")}
          </Button>
        </>
      ) : (
        <Button size="small" onClick={() => void apply()} loading={busy}>
          {t("ownership.preview.apply")}
        </Button>
      )}
    </span>
  );
}
