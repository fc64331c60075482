import { DeleteOutlined, FilterOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { hasTooFewDigits } from "@/fields/few-digits";
import { useLabel } from "@/i18n/i18n";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";
import { ObjectIcon } from "@/ui/object-icon";
import { NewRecordLink } from "../form/new-record";
import { EVERYTHING } from "./first-page";
import type { ListViewState } from "./use-list-view";

/** Why there is nothing, and what to do about it. */
export function ListEmpty({ object, state }: { object: ObjectMeta; state: ListViewState }) {
  const { t } = useTranslation();
  const label = useLabel();
  const name = label(object.label);
  if (state.inBin) {
    return (
      <EmptyState
        icon={<DeleteOutlined />}
        title={t("list.emptyBinTitle")}
        text={t("list.emptyBinText")}
        actions={<Button onClick={() => state.change({ deleted: undefined })}>{t("list.leaveBin")}</Button>}
      />
    );
  }
  const create = object.access.create ? (
    <NewRecordLink object={object} color="primary" variant="solid">
      {t("list.newObject", { object: name })}
    </NewRecordLink>
  ) : null;
  // What the view itself asks for, such as "offered to me", is nothing the reader set and could loosen.
  if (!state.q && state.config.filter && state.config.filter === state.view.config.filter) {
    return (
      <EmptyState
        icon={<ObjectIcon icon={object.icon} />}
        title={t("list.emptyViewTitle", { view: state.view.name })}
        text={t("list.emptyViewText")}
        actions={
          <>
            {create}
            <Button onClick={() => state.change({ filter: EVERYTHING })}>
              {t("list.showAll", { object: label(object.plural) })}
            </Button>
          </>
        }
      />
    );
  }
  if (state.q || state.config.filter) {
    const clear = () => {
      state.change({ q: undefined, filter: state.view.config.filter ? "true" : undefined });
    };
    return (
      <EmptyState
        icon={<FilterOutlined />}
        title={t("list.emptyFilteredTitle", { object: label(object.plural) })}
        text={t(state.q && hasTooFewDigits(state.q) ? "fields.fewDigits" : "list.emptyFilteredText")}
        actions={<Button onClick={clear}>{t("list.clearFilter")}</Button>}
      />
    );
  }
  return (
    <EmptyState
      icon={<ObjectIcon icon={object.icon} />}
      title={t("list.emptyTitle", { object: label(object.plural) })}
      text={object.access.create ? t("list.emptyText") : t("list.emptyReadOnly")}
      actions={
        <>
          {create}
          {object.access.import ? (
            <ButtonLink to="/import/$object" params={{ object: object.name }}>
              {t("list.import")}
            </ButtonLink>
          ) : null}
        </>
      }
    />
  );
}
