import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App } from "antd";
import i18next from "i18next";
import { useEffect, useState } from "react";
import { queryKeys } from "@/api/query-keys";
import type { RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { activateLateTexts } from "@/i18n/i18n";
import { useOfferSurvivor } from "../merge/use-merged-offer";

/** Where something is being typed: no page may go away with it. */
const TYPING = ".gx-form, .gx-inline-editor, .gx-log[data-open], .gx-composer[data-open]";

/**
 * The address of a record that went into another one is answered with that other one: the page goes to its address, and
 * says once why. Where that happens while somebody types on the page, it stays as it was and only offers to. `read` is
 * what the address was answered with; answered is the record to show, if it is its own.
 */
export function useMergedAddress(
  object: string,
  id: string,
  titleField: string | undefined,
  read: RecordData | undefined,
): RecordData | undefined {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const offer = useOfferSurvivor();
  const { message } = App.useApp();
  const [own, setOwn] = useState(read);
  if (read && read.id === id && read !== own) setOwn(read);
  useEffect(() => {
    if (!read || read.id === id) return;
    const name = titleText(read[titleField ?? "name"]);
    // Kept under its own address; the old one leads here only until the merge is taken back.
    queryClient.setQueryData(queryKeys.record(object, read.id), read);
    if (document.querySelector(TYPING)) {
      offer({ object, id: read.id });
      return;
    }
    const gone = () => queryClient.removeQueries({ queryKey: queryKeys.record(object, id) });
    const there = { to: "/r/$object/$id", params: { object, id: read.id }, replace: true } as const;
    void navigate({ ...there, search: (search) => search }).then(gone);
    void activateLateTexts().then(() =>
      message.info({ key: `merged-${id}`, content: i18next.t("merging.movedTo", { name }) }),
    );
  }, [object, id, titleField, read, navigate, queryClient, message, offer]);
  if (read?.id === id) return read;
  return read && own?.id === id ? own : undefined;
}
