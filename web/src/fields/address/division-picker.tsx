import { useQuery } from "@tanstack/react-query";
import { Cascader } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "@/ui/lazy-part";
import { useIsPhone } from "@/ui/use-media";
import { type DivisionOption, divisionsOptions, isPathMeant } from "./divisions";

const DivisionSheet = lazyPart(async () => ({ default: (await import("./division-sheet")).DivisionSheet }));

export interface DivisionPickerProps {
  /** Names from the province down. */
  path: string[];
  onChange: (path: DivisionOption[]) => void;
  id?: string | undefined;
  autoFocus?: boolean | undefined;
  disabled?: boolean | undefined;
  status?: "error" | undefined;
  describedBy?: string | undefined;
}

/** Results of a search: more than fit on a screen nobody reads. */
const MOST_RESULTS = 30;

/** Province, city and district: chosen one after the other, or found by what is typed. */
export function DivisionPicker(props: DivisionPickerProps) {
  const phone = useIsPhone();
  return phone ? (
    <Suspense fallback={null}>
      <DivisionSheet {...props} />
    </Suspense>
  ) : (
    <DivisionCascade {...props} />
  );
}

function DivisionCascade({ path, onChange, id, autoFocus, disabled, status, describedBy }: DivisionPickerProps) {
  const { t } = useTranslation();
  const divisions = useQuery(divisionsOptions);
  const [open, setOpen] = useState(false);
  return (
    <Cascader<DivisionOption>
      {...(id ? { id } : {})}
      className="gx-divisions"
      options={divisions.data ?? []}
      value={path}
      onChange={(_names, chosen) => onChange(chosen ?? [])}
      changeOnSelect
      open={open}
      onOpenChange={setOpen}
      loading={divisions.isPending}
      notFoundContent={
        divisions.isError
          ? t("fields.divisionsFailed")
          : divisions.isPending
            ? t("common.loading")
            : t("fields.noDivision")
      }
      displayRender={(labels) => labels.join(" / ")}
      showSearch={{
        filter: (typed, options) => isPathMeant(options, typed),
        sort: (left, right) => left.length - right.length,
        render: (_typed, options) => options.map((option) => option.label).join(" / "),
        limit: MOST_RESULTS,
        matchInputWidth: false,
      }}
      placeholder={t("fields.divisions")}
      aria-label={t("fields.divisions")}
      aria-describedby={describedBy}
      aria-invalid={status === "error" || undefined}
      autoFocus={autoFocus}
      disabled={disabled}
      status={status}
    />
  );
}
