import { DeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ratesOptions } from "@/api/schema";
import { useLocale } from "@/i18n/i18n";
import { currencyOptions } from "@/i18n/regions";
import { ErrorState } from "@/ui/error-state";
import { useLeaveGuard } from "@/ui/leave-guard";
import { PageSkeleton } from "@/ui/page-skeleton";
import { PlanDialog } from "./schema/plan-dialog";
import { SettingsFrame } from "./settings-frame";

type Rates = Record<string, string>;

/** Which currencies amounts can be in, and what they are worth in the company's own. */
export function SettingsCurrenciesPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const stored = useQuery(ratesOptions);
  const currency = stored.data?.currency ?? "";
  const name = currencyOptions(locale).find((option) => option.value === currency)?.label ?? currency;
  return (
    <SettingsFrame title={t("settings.currencies.title")} subtitle={t("settings.currencies.text", { currency: name })}>
      {stored.error && !stored.data ? (
        <ErrorState error={stored.error} onRetry={() => void stored.refetch()} />
      ) : stored.data ? (
        <RatesEditor key={JSON.stringify(stored.data.rates)} currency={currency} stored={stored.data.rates} />
      ) : (
        <PageSkeleton rows={4} />
      )}
    </SettingsFrame>
  );
}

function RatesEditor({ currency, stored }: { currency: string; stored: Rates }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [rates, setRates] = useState<Rates>(stored);
  const [planning, setPlanning] = useState(false);
  const all = currencyOptions(locale);
  const nameOf = (code: string) => all.find((option) => option.value === code)?.label ?? code;
  const codes = Object.keys(rates).sort();
  const complete = Object.values(rates).every((rate) => Number(rate) > 0);
  const changed = JSON.stringify(rates) !== JSON.stringify(stored);
  useLeaveGuard(changed);
  const without = (code: string) => Object.fromEntries(Object.entries(rates).filter(([other]) => other !== code));
  return (
    <section className="gx-panel">
      {codes.length === 0 ? (
        <p className="gx-muted">{t("settings.currencies.none", { currency: nameOf(currency) })}</p>
      ) : null}
      <ul className="gx-rules">
        {codes.map((code) => (
          <li key={code}>
            <div>
              <b>{nameOf(code)}</b>
              <small className="gx-muted gx-row-detail">{t("settings.currencies.one", { code })}</small>
            </div>
            <InputNumber<string>
              stringMode
              controls={false}
              min="0"
              value={rates[code] || null}
              onChange={(rate) => setRates({ ...rates, [code]: rate ?? "" })}
              suffix={currency}
              status={Number(rates[code]) > 0 ? "" : "error"}
              className="gx-rate"
              aria-label={t("settings.currencies.rateOf", { code })}
            />
            <Button
              type="text"
              danger
              icon={<DeleteOutlined />}
              onClick={() => setRates(without(code))}
              aria-label={t("settings.currencies.remove", { code })}
            />
          </li>
        ))}
      </ul>
      <div className="gx-rate-foot">
        <Select
          value={null}
          showSearch={{ optionFilterProp: "label" }}
          placeholder={t("settings.currencies.add")}
          aria-label={t("settings.currencies.add")}
          onChange={(code: string | null) => code && setRates({ ...rates, [code]: "" })}
          options={all.filter(({ value }) => value !== currency && !(value in rates))}
        />
        <Button type="primary" disabled={!changed || !complete} onClick={() => setPlanning(true)}>
          {t("settings.preview")}
        </Button>
      </div>
      {planning ? (
        <PlanDialog
          title={t("settings.currencies.title")}
          changes={[{ op: "put_rates", rates }]}
          summary={t("settings.currencies.plan")}
          done={t("common.saved")}
          onApplied={() => setPlanning(false)}
          onCancel={() => setPlanning(false)}
        />
      ) : null}
    </section>
  );
}
