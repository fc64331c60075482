import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
  useParams,
} from "@tanstack/react-router";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { useState } from "react";
import { beforeEach, describe, expect, it } from "vitest";
import { queryKeys } from "@/api/query-keys";
import type { RecordData } from "@/api/types";
import { activateLocale } from "@/i18n/i18n";
import { useMergedAddress } from "./use-merged-address";

const survivor = { id: "new", version: 3, name: "星河" } as unknown as RecordData;

/** A page that first reads the record itself, if `before` says so, and when the button is pressed what became of it. */
function Page({ before, read }: { before?: RecordData | undefined; read: RecordData }) {
  const { object = "", id = "" } = useParams({ strict: false });
  const [merged, setMerged] = useState(before === undefined);
  const own = useMergedAddress(object, id, "name", merged ? read : before);
  return (
    <>
      <p>at {id}</p>
      <p>shows {String(own?.name)}</p>
      {before ? <form className="gx-form" /> : null}
      <button type="button" onClick={() => setMerged(true)}>
        merge
      </button>
    </>
  );
}

async function open(path: string, read: RecordData, before?: RecordData) {
  const queryClient = new QueryClient();
  queryClient.setQueryData(queryKeys.record("account", "old"), read);
  const root = createRootRoute();
  const record = createRoute({
    getParentRoute: () => root,
    path: "/r/$object/$id",
    component: () => <Page read={read} before={before} />,
  });
  const history = createMemoryHistory({ initialEntries: ["/before", path], initialIndex: 1 });
  const other = createRoute({ getParentRoute: () => root, path: "/before", component: () => null });
  const router = createRouter({ routeTree: root.addChildren([record, other]), history });
  render(
    <QueryClientProvider client={queryClient}>
      <App>
        <RouterProvider router={router as never} />
      </App>
    </QueryClientProvider>,
  );
  return { router, queryClient };
}

describe("the address of a record that was merged", () => {
  beforeEach(() => activateLocale("zh-CN"));

  it("becomes that of the record it went into, told once, with no step back to the old one", async () => {
    const { router, queryClient } = await open("/r/account/old?tab=files", survivor);
    await screen.findByText("at new");
    expect(router.state.location.href).toBe("/r/account/new?tab=files");
    expect(await screen.findAllByText("这条记录已合并到“星河”")).toHaveLength(1);
    expect(queryClient.getQueryData(queryKeys.record("account", "new"))).toBe(survivor);
    await waitFor(() => expect(queryClient.getQueryData(queryKeys.record("account", "old"))).toBeUndefined());
    router.history.back();
    await waitFor(() => expect(router.state.location.pathname).toBe("/before"));
  });

  it("stays while something is typed on the page, and offers what the record became", async () => {
    const own = { id: "old", version: 1, name: "旧名" } as unknown as RecordData;
    const { router } = await open("/r/account/old", survivor, own);
    fireEvent.click(await screen.findByRole("button", { name: "merge" }));
    fireEvent.click(await screen.findByRole("button", { name: "打开合并后的记录" }));
    expect(screen.getByText("shows 旧名")).toBeInTheDocument();
    await waitFor(() => expect(router.state.location.pathname).toBe("/r/account/new"));
  });

  it("stays where the record is its own", async () => {
    const { router } = await open("/r/account/new", survivor);
    await screen.findByText("at new");
    expect(router.state.location.href).toBe("/r/account/new");
    expect(screen.queryByText(/已合并到/)).toBeNull();
  });
});
