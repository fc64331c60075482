import { DownOutlined } from "@ant-design/icons";
import { App, Button, Dropdown } from "antd";
import type { ItemType } from "antd/es/menu/interface";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useErrorText } from "@/ui/error-text";
import { lazyPart } from "@/ui/lazy-part";
import { useFollow } from "../follow/use-follow";
import { useObject } from "../meta";
import { usePin } from "../pin";
import { writeConfig } from "./list-config";
import { useDeleteView, useSaveView } from "./saved-views";
import type { ListViewState, ViewChoice } from "./use-list-view";

const ViewDialog = lazyPart(async () => ({ default: (await import("./view-dialog")).ViewDialog }));

/** Which view, and what can be done with it. */
export function ViewMenu({ object, state }: { object: ObjectMeta; state: ListViewState }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const canSave = useObject("saved_view")?.access.create ?? false;
  const saveView = useSaveView(object.name);
  const deleteView = useDeleteView();
  const [dialog, setDialog] = useState<"new" | "rename" | null>(null);
  const { view, views, changed } = state;
  const mine = view.kind === "mine" ? view.saved : null;
  const pin = usePin();
  const follow = useFollow(view.saved ? { view: view.saved.id } : null);

  const fail = (error: unknown) => void message.error(errorText(error));
  const saveChanges = () =>
    mine &&
    saveView.mutate(
      { id: mine.id, config: writeConfig(state.config) },
      {
        onSuccess: () => {
          state.reset();
          void message.success(t("list.viewSaved", { name: view.name }));
        },
        onError: fail,
      },
    );
  const askDelete = () =>
    mine &&
    modal.confirm({
      title: t("list.deleteViewConfirm", { name: view.name }),
      okText: t("common.delete"),
      okButtonProps: { danger: true },
      onOk: () =>
        deleteView.mutateAsync(mine.id).then(() => {
          state.selectView(views[0]?.key ?? "");
          void message.success(t("list.viewDeleted"));
        }, fail),
    });

  const group = (kind: ViewChoice["kind"], label: string): ItemType[] => {
    const found = views.filter((candidate) => candidate.kind === kind);
    if (found.length === 0) return [];
    return [
      {
        type: "group",
        label,
        children: found.map((candidate) => ({
          key: candidate.key,
          label: candidate.name,
          onClick: () => state.selectView(candidate.key),
        })),
      },
    ];
  };
  const items: ItemType[] = [
    ...group("standard", t("list.standardViews")),
    ...group("mine", t("list.myViews")),
    ...group("shared", t("list.sharedViews")),
    { type: "divider" },
  ];
  if (mine && changed) items.push({ key: "!save", label: t("list.saveView"), onClick: saveChanges });
  if (canSave) items.push({ key: "!new", label: t("list.saveViewAs"), onClick: () => setDialog("new") });
  if (changed) items.push({ key: "!reset", label: t("list.resetView"), onClick: state.reset });
  if (follow) {
    const { following, toggle } = follow;
    const told = (now: boolean) => void message.success(t(now ? "list.viewFollowed" : "list.viewUnfollowed"));
    items.push({
      key: "!follow",
      label: t(following ? "list.unfollowView" : "list.followView"),
      onClick: () => toggle(told),
    });
  }
  const { saved } = view;
  if (pin && saved) {
    const pinned = { id: saved.id, label: saved.name };
    items.push({ key: "!pin", label: t("record.pin"), onClick: () => pin({ view: pinned }) });
  }
  if (mine) {
    items.push(
      { key: "!rename", label: t("list.renameView"), onClick: () => setDialog("rename") },
      { key: "!delete", label: t("list.deleteView"), danger: true, onClick: askDelete },
    );
  }
  if (items.at(-1) && "type" in (items.at(-1) ?? {}) && !canSave && !changed && !mine && !follow) items.pop();

  return (
    <>
      <Dropdown menu={{ items, selectedKeys: [view.key] }} trigger={["click"]}>
        <Button type="text" className="gx-view-button">
          <span className="gx-ellipsis">{view.name}</span>
          {changed ? <span className="gx-view-changed">{t("list.changed")}</span> : null}
          <DownOutlined />
        </Button>
      </Dropdown>
      {dialog ? (
        <Suspense fallback={null}>
          <ViewDialog
            object={object}
            saved={dialog === "rename" ? mine : null}
            config={writeConfig(state.config)}
            onClose={() => setDialog(null)}
            onSaved={(saved) => {
              if (dialog === "new") {
                // The changes live in the new view now; the one they were made in is as it was.
                state.forgetColumns();
                state.selectView(`saved:${saved.id}`);
              }
              setDialog(null);
              void message.success(t("list.viewSaved", { name: saved.name }));
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
