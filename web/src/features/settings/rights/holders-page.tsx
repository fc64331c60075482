import { DownloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Drawer, Dropdown, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type HolderSearch, holdersFile, type RoleHolder, readHolders, rightsOfOptions } from "@/api/held-rights";
import { queryKeys } from "@/api/query-keys";
import type { Reference } from "@/api/types";
import { findField, useMeta, useObject } from "@/engine/meta";
import { pickerField } from "@/engine/picker-field";
import { ObjectSummaryTable } from "@/engine/rights/object-summary";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useIsPhone } from "@/ui/use-media";
import { SettingsFrame } from "../settings-frame";
import { HoldersTable } from "./holders-table";
import "./rights.css";

const PAGE = 100;
const FORMATS = ["xlsx", "csv"] as const;

interface Chosen {
  member: Reference | null;
  department: Reference | null;
  role: string | null;
  ending: boolean;
}

function searchOf({ member, department, role, ending }: Chosen): HolderSearch {
  return {
    ...(member ? { member: member.id } : {}),
    ...(department ? { department: department.id } : {}),
    ...(role ? { role } : {}),
    ...(ending ? { ending } : {}),
  };
}

/** Which member holds which role, where it comes from, where it holds and until when: the current table of rights. */
export function SettingsHoldersPage() {
  const { t } = useTranslation();
  const { auditor } = useMeta();
  const [chosen, setChosen] = useState<Chosen>({ member: null, department: null, role: null, ending: false });
  const search = searchOf(chosen);
  const files = (["role", "object"] as const).flatMap((by) =>
    FORMATS.map((format) => ({
      key: `${by}-${format}`,
      label: (
        <a href={holdersFile(search, format, by)} download>
          {t(by === "role" ? "held.exportRoles" : "held.exportObjects", { format: format.toUpperCase() })}
        </a>
      ),
    })),
  );
  return (
    <SettingsFrame
      title={t("held.holdersTitle")}
      subtitle={t("held.holdersText")}
      auditors
      wide
      actions={
        auditor ? (
          <Dropdown trigger={["click"]} menu={{ items: files }}>
            <Button icon={<DownloadOutlined />}>{t("held.export")}</Button>
          </Dropdown>
        ) : null
      }
    >
      <section className="gx-panel">
        <Filters chosen={chosen} onChange={setChosen} />
        <Rows search={search} />
      </section>
    </SettingsFrame>
  );
}

function Filters({ chosen, onChange }: { chosen: Chosen; onChange: (next: Chosen) => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const user = useObject("user");
  const options = (user ? findField(user, "roles")?.options : null) ?? [];
  const picker = (part: "member" | "department", target: string, name: string) => (
    <div className="gx-holders-picker">
      <label htmlFor={`holders-${part}`}>{name}</label>
      <FieldInput
        field={pickerField(target, { "zh-CN": name, en: name }, false)}
        id={`holders-${part}`}
        placeholder={name}
        value={chosen[part]}
        onChange={(next) => onChange({ ...chosen, [part]: asReference(next) })}
      />
    </div>
  );
  return (
    <div className="gx-holders-filters">
      {picker("member", "user", t("held.member"))}
      {picker("department", "department", t("held.memberDepartment"))}
      <Select<string>
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        value={chosen.role}
        onChange={(role: string | undefined) => onChange({ ...chosen, role: role ?? null })}
        options={options.map((option) => ({ value: option.value, label: label(option.label) }))}
        placeholder={t("held.anyRole")}
        aria-label={t("held.roleColumn")}
        popupMatchSelectWidth={false}
      />
      <Checkbox checked={chosen.ending} onChange={(event) => onChange({ ...chosen, ending: event.target.checked })}>
        {t("held.onlyEnding")}
      </Checkbox>
    </div>
  );
}

function Rows({ search }: { search: HolderSearch }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<RoleHolder["member"] | null>(null);
  const list = useInfiniteQuery({
    queryKey: queryKeys.holders(search),
    queryFn: ({ pageParam, signal }) =>
      readHolders({ ...search, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.isPending) return <PageSkeleton rows={8} />;
  if (list.error && items.length === 0) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <HoldersTable items={items} onShow={setShown} />
      {list.hasNextPage ? (
        <Button block onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("held.more")}
        </Button>
      ) : null}
      {shown ? <RightsDrawer member={shown} onClose={() => setShown(null)} /> : null}
    </>
  );
}

/** What all roles, sharing rules and shares of one member come to. */
function RightsDrawer({ member, onClose }: { member: RoleHolder["member"]; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const rights = useQuery(rightsOfOptions(member.id));
  return (
    <Drawer
      open
      onClose={onClose}
      placement={phone ? "bottom" : "right"}
      size={phone ? "92%" : 860}
      title={t("held.rightsOf", { name: member.label ?? "" })}
    >
      {rights.isPending ? <PageSkeleton rows={8} /> : null}
      {rights.error && !rights.data ? <ErrorState error={rights.error} onRetry={() => void rights.refetch()} /> : null}
      {rights.data ? <ObjectSummaryTable objects={rights.data.objects} /> : null}
    </Drawer>
  );
}
