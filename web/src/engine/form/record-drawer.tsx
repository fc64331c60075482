import { useLocation, useNavigate } from "@tanstack/react-router";
import { type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValues, RecordData, Reference } from "@/api/types";
import { CreateInPlaceContext } from "@/fields/create-in-place";
import { RecordKindsContext } from "@/fields/record/kinds";
import { referenceTo } from "@/fields/reference/title";
import { useLabel } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";
import { useAskToLeave } from "@/ui/leave-guard";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useIsPhone } from "@/ui/use-media";
import { findObject, useMeta } from "../meta";
import { lateSlots } from "../slots";
import { CreateRecordContext } from "./create-record";

const Drawer = lazyPart(async () => ({ default: (await import("antd/es/drawer")).default }));
const RecordFormView = lazyPart(async () => {
  const [form] = await Promise.all([import("./record-form"), lateSlots.load()]);
  return { default: form.RecordFormView };
});

interface OpenForm {
  key: number;
  object: string;
  record: RecordData | null;
  initial: FieldValues;
  onSaved: (record: RecordData) => void;
  quiet?: boolean;
}

let lastKey = 0;

/** Forms over the page one is on, one on top of another where a reference is made on the way. */
export function RecordDrawerProvider({ children }: { children: ReactNode }) {
  const [forms, setForms] = useState<OpenForm[]>([]);
  const meta = useMeta();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  // Whoever goes to another page leaves the forms over this one; those with something typed asked first.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page alone decides
  useEffect(() => setForms([]), [pathname]);
  const open = useCallback((form: Omit<OpenForm, "key">) => {
    lastKey += 1;
    setForms((current) => [...current, { ...form, key: lastKey }]);
  }, []);
  const createInPlace = useCallback(
    (object: string, prefill: FieldValues, onCreated: (made: Reference) => void) =>
      open({
        object,
        record: null,
        initial: prefill,
        onSaved: (made) => onCreated(referenceTo(findObject(meta, object), made)),
      }),
    [open, meta],
  );
  const createRecord = useMemo(
    () => ({
      create: (object: string, initial: FieldValues = {}, onSaved?: (made: RecordData) => void, quiet = false) =>
        open({
          object,
          record: null,
          initial,
          quiet,
          onSaved: onSaved ?? ((made) => void navigate({ to: "/r/$object/$id", params: { object, id: made.id } })),
        }),
      edit: (object: string, record: RecordData, onSaved: (saved: RecordData) => void = () => {}) =>
        open({ object, record, initial: {}, onSaved }),
    }),
    [open, navigate],
  );
  const kinds = useMemo(() => {
    const listed = new Set(meta.navigation.flatMap((group) => group.objects));
    return meta.objects.map(({ name, label }) => ({ name, label, listed: listed.has(name) }));
  }, [meta]);
  return (
    <CreateInPlaceContext value={createInPlace}>
      <RecordKindsContext value={kinds}>
        <CreateRecordContext value={createRecord}>
          {children}
          {forms.map((form) => (
            <Suspense key={form.key} fallback={null}>
              <FormDrawer
                form={form}
                onClose={() => setForms((current) => current.filter((other) => other.key !== form.key))}
              />
            </Suspense>
          ))}
        </CreateRecordContext>
      </RecordKindsContext>
    </CreateInPlaceContext>
  );
}

function FormDrawer({ form, onClose }: { form: OpenForm; onClose: () => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const phone = useIsPhone();
  const askToLeave = useAskToLeave("kept");
  const [dirty, setDirty] = useState(false);
  const [round, setRound] = useState(0);
  const object = findObject(meta, form.object);
  if (!object) return null;
  const close = async () => {
    if (!dirty || (await askToLeave())) onClose();
  };
  const title = form.record
    ? t("form.editTitle", { object: label(object.label) })
    : t("form.newTitle", { object: label(object.label) });
  return (
    <Drawer
      open
      title={title}
      onClose={() => void close()}
      placement={phone ? "bottom" : "right"}
      size={phone ? "100%" : 640}
      className="gx-form-drawer"
    >
      <Suspense fallback={<PageSkeleton rows={6} />}>
        <RecordFormView
          key={round}
          object={object}
          record={form.record}
          initial={form.initial}
          quiet={form.quiet ?? false}
          onDirty={setDirty}
          onCancel={() => void close()}
          onSaved={(record) => {
            onClose();
            form.onSaved(record);
          }}
          onSavedAnother={() => setRound(round + 1)}
        />
      </Suspense>
    </Drawer>
  );
}
