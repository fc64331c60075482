import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { RoleHolder } from "@/api/held-rights";
import { isAhead, useSource, useWhen, useWhere } from "@/engine/rights/held-role";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { useIsPhone } from "@/ui/use-media";

interface HoldersTableProps {
  items: RoleHolder[];
  /** Shows what a member's rights come to. */
  onShow: (member: RoleHolder["member"]) => void;
}

/** A row for each role of each member. */
export function HoldersTable({ items, onShow }: HoldersTableProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const where = useWhere();
  const when = useWhen();
  const from = useSource();
  const phone = useIsPhone();
  const role = ({ holding }: RoleHolder) => (
    <>
      {label(holding.label)}{" "}
      {isAhead(holding, Date.now()) ? <ColorTag color="gold">{t("held.notYet")}</ColorTag> : null}
    </>
  );
  const source = ({ holding }: RoleHolder) => from(holding);
  const name = (item: RoleHolder) => (
    <div className="gx-field-name">
      <button
        type="button"
        onClick={() => onShow(item.member)}
        aria-label={t("held.show", { name: item.member.label ?? "" })}
      >
        {item.member.label}
      </button>
      <span className="gx-muted">{phone ? item.department?.label : item.email}</span>
    </div>
  );
  return (
    <Table<RoleHolder>
      rowKey={(item) => `${item.member.id}-${item.holding.role}-${item.holding.grant ?? item.holding.post?.id ?? ""}`}
      size="small"
      pagination={false}
      dataSource={items}
      locale={{ emptyText: t("held.noHolders") }}
      columns={
        phone
          ? [
              { title: t("held.member"), render: (_, item) => name(item) },
              {
                title: t("held.roleColumn"),
                render: (_, item) => (
                  <>
                    {role(item)}
                    <div className="gx-muted">{[where(item.holding), when(item.holding)].join(" · ")}</div>
                  </>
                ),
              },
            ]
          : [
              { title: t("held.member"), render: (_, item) => name(item) },
              { title: t("held.memberDepartment"), render: (_, item) => item.department?.label ?? t("held.nothing") },
              { title: t("held.roleColumn"), render: (_, item) => role(item) },
              { title: t("held.source"), width: 120, render: (_, item) => source(item) },
              { title: t("held.where"), width: 160, render: (_, item) => where(item.holding) },
              { title: t("held.when"), width: 180, render: (_, item) => when(item.holding) },
              { title: t("held.reasonColumn"), render: (_, item) => item.holding.reason ?? "" },
            ]
      }
    />
  );
}
