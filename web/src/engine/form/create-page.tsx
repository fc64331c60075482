import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useRouter, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldValues, ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { EmptyState } from "@/ui/empty-state";
import { ObjectTile } from "@/ui/object-icon";
import { PageHeader } from "@/ui/page-header";
import { PageSkeleton } from "@/ui/page-skeleton";
import { useMeta, useObject } from "../meta";
import "./form.css";
import { labelReferences, prefillFromSearch } from "./prefill";
import { RecordFormView } from "./record-form";

/** `/o/contact/new?account=ID`: a new record on a page of its own. */
export function CreatePage() {
  const { t } = useTranslation();
  const { object: name } = useParams({ from: "/shell/o/$object/new" });
  const search = useSearch({ from: "/shell/o/$object/new" });
  const router = useRouter();
  const object = useObject(name);
  const meta = useMeta();
  const prefill = object ? prefillFromSearch(object, search) : {};
  const labels = useQuery({
    queryKey: ["records", name, "prefill", search],
    queryFn: () => (object ? labelReferences(meta, object, prefill) : {}),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!object?.access.create) {
    return (
      <EmptyState
        title={t("form.mayNotCreate")}
        text={t("form.mayNotCreateText")}
        actions={<Button onClick={() => router.history.back()}>{t("common.back")}</Button>}
      />
    );
  }
  if (labels.isPending) return <PageSkeleton />;
  return <CreateForm key={name} object={object} initial={{ ...prefill, ...labels.data }} />;
}

function CreateForm({ object, initial }: { object: ObjectMeta; initial: FieldValues }) {
  const { t } = useTranslation();
  const label = useLabel();
  const navigate = useNavigate();
  const router = useRouter();
  const [round, setRound] = useState(0);
  return (
    <div className="gx-form-page">
      <PageHeader
        icon={<ObjectTile icon={object.icon} color={object.color} />}
        title={t("form.newTitle", { object: label(object.label) })}
        subtitle={label(object.help)}
      />
      <RecordFormView
        key={round}
        object={object}
        record={null}
        initial={initial}
        onSaved={(made) =>
          void navigate({ to: "/r/$object/$id", params: { object: object.name, id: made.id }, replace: true })
        }
        onSavedAnother={() => setRound(round + 1)}
        onCancel={() => {
          if (router.history.canGoBack()) router.history.back();
          else void navigate({ to: "/o/$object", params: { object: object.name } });
        }}
      />
    </div>
  );
}
