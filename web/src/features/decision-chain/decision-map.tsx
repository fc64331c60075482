import {
  FrownOutlined,
  HeartOutlined,
  LikeOutlined,
  MehOutlined,
  PlusOutlined,
  QuestionCircleOutlined,
} from "@ant-design/icons";
import { Alert, Button, Skeleton } from "antd";
import { type ComponentType, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { SelectOption } from "@/api/types";
import { useRecordForms } from "@/engine/form/create-record";
import { findField } from "@/engine/meta";
import { inheritedReferences } from "@/engine/record/quick-log-values";
import { relatedFilter } from "@/engine/record/related-list";
import type { RelatedWayProps } from "@/engine/record/related-ways";
import { useRecordList } from "@/engine/records";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { ObjectIcon } from "@/ui/object-icon";
import { tagColors } from "@/ui/theme";
import { useIsPhone } from "@/ui/use-media";
import { layoutOf, lineOf, nextByArrow, personOf } from "./chain-layout";
import { PersonNode } from "./person-node";
import "./decision-map.css";

/** A chain is a handful of people; what is more is in the list. */
const MOST = 100;
const PHONE_WIDTH = 346;
const DECIDES = ["decision_maker", "approver"];

/** Signs of attitudes, so that nobody must tell colours apart. */
const SIGNS: Record<string, ComponentType> = {
  champion: HeartOutlined,
  supporter: LikeOutlined,
  neutral: MehOutlined,
  sceptic: QuestionCircleOutlined,
  opponent: FrownOutlined,
};

/** Who takes part in a decision, drawn as who listens to whom: role, attitude, and the larger the more influence. */
export function DecisionMap({ list, target, object, record }: RelatedWayProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const forms = useRecordForms();
  const phone = useIsPhone();
  const { scheme } = useAppearance();
  const box = useRef<HTMLUListElement>(null);
  const rows = useRecordList(target.name, {
    filter: relatedFilter(target, list.via, record.id),
    limit: MOST,
    fields: "contact,role,attitude,influence,reports_to,note",
  });
  const items = useMemo(() => rows.data?.pages.flatMap((page) => page.items) ?? [], [rows.data]);
  const layout = useMemo(() => layoutOf(items.map(personOf), phone ? PHONE_WIDTH : null), [items, phone]);
  const via = findField(target, list.via);
  const canAdd = target.access.create && via !== null && !via.read_only && !record.deleted_at;
  const add = canAdd ? (
    <Button
      size="small"
      icon={<PlusOutlined />}
      onClick={() => forms.create(target.name, inheritedReferences(target, list.via, object, record), () => {})}
    >
      {t("chain.add")}
    </Button>
  ) : null;
  if (rows.isPending) return <Skeleton active paragraph={{ rows: 5 }} title={false} />;
  if (rows.isError) return <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />;
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<ObjectIcon icon={target.icon} />}
        title={t("chain.empty")}
        text={t("chain.emptyText")}
        actions={add}
      />
    );
  }
  const options = (name: string): SelectOption[] => findField(target, name)?.options ?? [];
  const optionOf = (name: string, value: string) => options(name).find((option) => option.value === value);
  const placeOf = (id: string | null) => layout.nodes.find((node) => node.person.id === id);
  const attitudes = options("attitude").flatMap((option) => {
    const n = layout.nodes.filter((node) => node.person.attitude === option.value).length;
    return n > 0 ? [{ option, n }] : [];
  });
  const decided = layout.nodes.some((node) => DECIDES.includes(node.person.role));
  const go = (id: string, key: string): boolean => {
    const next = nextByArrow(layout, id, key);
    if (!next) return false;
    box.current?.querySelector<HTMLElement>(`[data-person="${CSS.escape(next)}"] button`)?.focus();
    return true;
  };
  return (
    <div className="gx-chain">
      <div className="gx-chain-tools">
        {add}
        <ul className="gx-chain-legend" aria-label={t("chain.attitudes")}>
          {attitudes.map(({ option, n }) => {
            const Sign = SIGNS[option.value];
            return (
              <li key={option.value} style={tagColors(option.color, scheme)}>
                {Sign ? <Sign /> : null} {label(option.label)} {n}
              </li>
            );
          })}
        </ul>
      </div>
      {decided ? null : <Alert type="warning" showIcon title={t("chain.noDecider")} className="gx-chain-alert" />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className="gx-chain-scroll" tabIndex={0} aria-label={t("chain.title")}>
        <div className="gx-chain-map" style={{ width: layout.width, height: layout.height }}>
          <svg width={layout.width} height={layout.height} aria-hidden="true">
            {layout.nodes.map((node) => {
              const above = placeOf(node.parent);
              return above ? <path key={node.person.id} d={lineOf(node, above, phone)} /> : null;
            })}
          </svg>
          <ul ref={box}>
            {layout.nodes.map((node) => {
              const { person } = node;
              const source = items.find((item) => item.id === person.id);
              return (
                <PersonNode
                  key={person.id}
                  node={node}
                  role={label(optionOf("role", person.role)?.label) || person.role}
                  attitude={label(optionOf("attitude", person.attitude)?.label) || person.attitude}
                  influence={label(optionOf("influence", person.influence)?.label)}
                  above={placeOf(node.parent)?.person.name ?? null}
                  Sign={SIGNS[person.attitude]}
                  colors={tagColors(optionOf("attitude", person.attitude)?.color, scheme)}
                  onArrow={(key) => go(person.id, key)}
                  onOpen={() => source && forms.edit(target.name, source)}
                  mayEdit={target.access.update && !record.deleted_at}
                />
              );
            })}
          </ul>
        </div>
      </section>
    </div>
  );
}
