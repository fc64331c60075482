import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
  useParams,
} from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { beforeEach, describe, expect, it } from "vitest";
import { queryKeys } from "@/api/query-keys";
import type { RecordData } from "@/api/types";
import { activateLocale } from "@/i18n/i18n";
import { useMergedAddress } from "./use-merged-address";

const survivor = { id: "new", version: 3, name: "星河" } as unknown as RecordData;

function Page({ read }: { read: RecordData }) {
  const { object = "", id = "" } = useParams({ strict: false });
  useMergedAddress(object, id, "name", read);
  return <p>at {id}</p>;
}

async function open(path: string, read: RecordData) {
  const queryClient = new QueryClient();
  queryClient.setQueryData(queryKeys.record("account", "old"), read);
  const root = createRootRoute();
  const record = createRoute({
    getParentRoute: () => root,
    path: "/r/$object/$id",
    component: () => <Page read={read} />,
  });
  const history = createMemoryHistory({ initialEntries: ["/before", path], initialIndex: 1 });
  const before = createRoute({ getParentRoute: () => root, path: "/before", component: () => null });
  const router = createRouter({ routeTree: root.addChildren([record, before]), history });
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

  it("stays where the record is its own", async () => {
    const { router } = await open("/r/account/new", survivor);
    await screen.findByText("at new");
    expect(router.state.location.href).toBe("/r/account/new");
    expect(screen.queryByText(/已合并到/)).toBeNull();
  });
});
