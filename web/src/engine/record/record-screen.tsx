import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { Alert, App, Button, Skeleton } from "antd";
import { Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { recordLockOptions } from "@/api/record-lock";
import type { ObjectMeta, RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { useFormats } from "@/i18n/formats";
import { activateLateTexts } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { lazyPart } from "@/ui/lazy-part";
import { useShortcuts } from "@/ui/shortcuts";
import { useUndoToast } from "@/ui/undo-toast";
import { scrollBehavior, useIsPhone, useMedia } from "@/ui/use-media";
import { ConflictDialog } from "../conflict-dialog";
import { FindDrawer } from "../duplicates/lazy-find-drawer";
import { useRecordForms } from "../form/create-record";
import { useMeta } from "../meta";
import { useNoteVisit } from "../recents";
import { useDeleteRecord, useRestoreRecord } from "../records";
import { useViewer } from "../viewer";
import { AccessDrawer } from "./access/lazy-drawer";
import { AttendanceSlot } from "./attendance-slot";
import { circleOf } from "./circles";
import { FOLLOW_UP, FollowUpBar } from "./follow-up-bar";
import { LockBanner } from "./lock/lock-banner";
import { MembersSlot } from "./members-slot";
import { PhoneBar } from "./phone-bar";
import { QuickLog, type QuickLogHandle, useLogKinds } from "./quick-log";
import { NOTE } from "./quick-log-values";
import { KeyFacts, RecordHead } from "./record-head";
import { recordPanels } from "./record-panels";
import { RecordStrips } from "./record-strips";
import { RecordTabs } from "./record-tabs";
import { findNeighbours } from "./sequence";
import { StageBar } from "./stage-bar";
import { stageField } from "./stages";
import { Timeline } from "./timeline/timeline";
import { useInlineSave } from "./use-inline-save";
import { useRecordMenu } from "./use-record-menu";
import { useRecordRights } from "./use-record-rights";

const LockDialog = lazyPart(async () => ({ default: (await import("./lock/lock-dialog")).LockDialog }));

/** Only where records of nobody may be opened one by one. */
const ViewsNote = lazyPart(async () => {
  const [note] = await Promise.all([import("./views-note"), activateLateTexts()]);
  return { default: note.ViewsNote };
});

/** A record as a page: head, facts and steps above; its parts to the left, its story to the right. */
export function RecordScreen({ object, record }: { object: ObjectMeta; record: RecordData }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const navigate = useNavigate();
  const router = useRouter();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const undoToast = useUndoToast();
  const { message } = App.useApp();
  const search = useSearch({ from: "/shell/r/$object/$id" });
  const phone = useIsPhone();
  const wide = useMedia("(min-width: 1180px)");
  const forms = useRecordForms();
  const remove = useDeleteRecord(object.name);
  const restore = useRestoreRecord(object.name);
  const inline = useInlineSave(object, record);
  const log = useRef<QuickLogHandle>(null);
  const { kinds } = useLogKinds(object);
  // Administrators are auditors, too.
  const { auditor } = useMeta();
  const [asking, setAsking] = useState(false);
  const [locking, setLocking] = useState(false);
  const [finding, setFinding] = useState(false);
  const [neighbours] = useState(() => findNeighbours(queryClient, object.name, record.id));
  const title = titleText(record[object.title_field]);
  const deleted = Boolean(record.deleted_at);
  const lock = useQuery({ ...recordLockOptions(object.name, record.id), enabled: !deleted }).data;
  const circle = circleOf(object, record, useViewer());
  const rights = useRecordRights(object, record);
  const editable = rights.update && !deleted && !lock?.binds;
  useNoteVisit(deleted ? null : { object: object.name, id: record.id, label: title });
  useEffect(() => {
    const before = document.title;
    if (title) document.title = `${title} · ${before.split(" · ").at(-1)}`;
    return () => {
      document.title = before;
    };
  }, [title]);

  const back = () => {
    if (router.history.canGoBack()) router.history.back();
    else void navigate({ to: "/o/$object", params: { object: object.name } });
  };
  const go = (id: string | null) => {
    if (id) void navigate({ to: "/r/$object/$id", params: { object: object.name, id }, search, replace: true });
  };
  const edit = () => forms.edit(object.name, record);
  const openLog = (kind: string): boolean => {
    if (deleted) return false;
    const opened = log.current?.open(kind) ?? false;
    if (opened) document.querySelector(".gx-log")?.scrollIntoView({ block: "nearest", behavior: scrollBehavior() });
    return opened;
  };
  const bring = () =>
    restore
      .mutateAsync(record.id)
      .then(() => void message.success(t("record.restored")))
      .catch((error: unknown) => void message.error(errorText(error)));
  const dispose = () => {
    remove
      .mutateAsync(record.id)
      .then(() => {
        back();
        undoToast(t("record.deleted", { name: title }), () => {
          void bring().then(
            () => void navigate({ to: "/r/$object/$id", params: { object: object.name, id: record.id } }),
          );
        });
      })
      .catch((error: unknown) => void message.error(errorText(error)));
  };
  const wanted = search.edit === "1" && editable;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for the address that asks; then it stops asking
  useEffect(() => {
    if (!wanted) return;
    forms.edit(object.name, record);
    void navigate({ to: ".", search: { tab: search.tab }, replace: true });
  }, [wanted]);
  useShortcuts({
    e: () => (editable ? edit() : undefined),
    c: () => openLog("call"),
    v: () => openLog("visit"),
    t: () => openLog("task"),
    n: () => openLog(NOTE),
    j: () => go(neighbours?.next ?? null),
    k: () => go(neighbours?.previous ?? null),
    // With something half typed on the page, Esc must not take the page away with it.
    Escape: () =>
      document.querySelector(".gx-inline-editor, .gx-log[data-open], .gx-composer[data-open]") ? false : back(),
  });

  const more = useRecordMenu({
    object,
    record,
    lock,
    auditor,
    mayDelete: rights.delete,
    onAccess: () => setAsking(true),
    onLock: () => setLocking(true),
    onFind: () => setFinding(true),
    onDelete: dispose,
  });
  const steps = stageField(object);
  const panel = recordPanels.get(object.name);
  const story = (
    <>
      {deleted ? null : <QuickLog ref={log} object={object} record={record} />}
      <Timeline object={object} id={record.id} open={!deleted} />
    </>
  );
  return (
    <div className="gx-record">
      <div className="gx-record-top">
        <RecordHead
          object={object}
          record={record}
          editable={editable}
          phone={phone}
          neighbours={neighbours}
          more={more}
          onGo={go}
          onBack={back}
          onEdit={edit}
        />
        {deleted ? (
          <Alert
            type="warning"
            showIcon
            title={t("record.inBin", { at: formats.relative(String(record.deleted_at)) })}
            action={
              object.access.restore ? (
                <Button size="small" type="primary" loading={restore.isPending} onClick={() => void bring()}>
                  {t("record.restore")}
                </Button>
              ) : undefined
            }
          />
        ) : null}
        {circle ? (
          <Suspense fallback={null}>
            <ViewsNote circle={circle} record={record} />
          </Suspense>
        ) : null}
        {lock?.lock ? <LockBanner object={object.name} id={record.id} state={lock} /> : null}
        {steps ? <StageBar object={object} record={record} editable={editable} onSave={inline.save} /> : null}
        <KeyFacts
          object={object}
          record={record}
          editable={editable}
          without={[steps?.name ?? "", deleted ? "" : FOLLOW_UP, ...(panel?.shows ?? [])]}
          onSave={inline.save}
        />
        {deleted ? null : <FollowUpBar object={object} record={record} editable={editable} onSave={inline.save} />}
      </div>
      <div className="gx-record-columns">
        <div className="gx-record-main">
          <MembersSlot object={object} record={record} />
          <AttendanceSlot object={object} record={record} editable={editable} />
          {panel ? (
            <Suspense
              fallback={
                <div style={{ minHeight: panel.room }}>
                  <Skeleton active title={false} />
                </div>
              }
            >
              <panel.panel object={object} record={record} editable={editable} onSave={inline.save} />
            </Suspense>
          ) : null}
          {deleted ? null : <RecordStrips object={object} record={record} editable={editable} />}
          <RecordTabs
            object={object}
            record={record}
            editable={editable}
            onSave={inline.save}
            timeline={wide ? null : story}
          />
        </div>
        {wide ? (
          <aside className="gx-record-side" aria-label={t("record.timeline")}>
            {story}
          </aside>
        ) : null}
      </div>
      {phone && !deleted ? (
        <PhoneBar
          object={object}
          record={record}
          kinds={kinds}
          editable={editable}
          onEdit={edit}
          onLog={(kind) => {
            void navigate({ to: ".", search: { tab: "timeline" }, replace: true });
            requestAnimationFrame(() => openLog(kind));
          }}
        />
      ) : null}
      {asking ? (
        <Suspense fallback={null}>
          <AccessDrawer
            object={object}
            id={record.id}
            title={title}
            auditor={auditor}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      ) : null}
      {finding ? (
        <Suspense fallback={null}>
          <FindDrawer object={object} record={record} title={title} onClose={() => setFinding(false)} />
        </Suspense>
      ) : null}
      {locking ? (
        <Suspense fallback={null}>
          <LockDialog object={object} record={record} onClose={() => setLocking(false)} />
        </Suspense>
      ) : null}
      {inline.conflict ? (
        <ConflictDialog
          error={inline.conflict.error}
          fields={object.fields}
          mine={inline.conflict.values}
          onKeepMine={() => void inline.settleConflict(true)}
          onKeepTheirs={() => void inline.settleConflict(false)}
          onCancel={inline.dismissConflict}
        />
      ) : null}
    </div>
  );
}
