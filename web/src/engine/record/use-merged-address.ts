import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App } from "antd";
import i18next from "i18next";
import { useEffect } from "react";
import { queryKeys } from "@/api/query-keys";
import type { RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { activateLateTexts } from "@/i18n/i18n";

/**
 * The address of a record that went into another one is answered with that other one: the page goes to its address, and
 * says once why. `read` is what the address was answered with.
 */
export function useMergedAddress(
  object: string,
  id: string,
  titleField: string | undefined,
  read: RecordData | undefined,
): void {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  useEffect(() => {
    if (!read || read.id === id) return;
    const name = titleText(read[titleField ?? "name"]);
    // Kept under its own address; the old one leads here only until the merge is taken back.
    queryClient.setQueryData(queryKeys.record(object, read.id), read);
    const gone = () => queryClient.removeQueries({ queryKey: queryKeys.record(object, id) });
    const there = { to: "/r/$object/$id", params: { object, id: read.id }, replace: true } as const;
    void navigate({ ...there, search: (search) => search }).then(gone);
    void activateLateTexts().then(() =>
      message.info({ key: `merged-${id}`, content: i18next.t("merging.movedTo", { name }) }),
    );
  }, [object, id, titleField, read, navigate, queryClient, message]);
}
