import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { onSignedOut } from "@/api/client";
import { AppearanceProvider } from "@/ui/appearance";
import { DesignProvider } from "./design-provider";
import { createQueryClient } from "./query-client";
import { createAppRouter } from "./router";
import { registerScreens } from "./screens";

registerScreens();

const queryClient = createQueryClient();
const router = createAppRouter(queryClient);

/** Pages for who is not signed in. */
const PUBLIC_PAGES = ["/login", "/setup", "/forgotten", "/activate", "/reset"];

onSignedOut(() => {
  if (PUBLIC_PAGES.includes(router.state.location.pathname)) return;
  queryClient.clear();
  void router.navigate({ to: "/login", search: { return: router.state.location.href } });
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <AppearanceProvider>
        <DesignProvider>
          <RouterProvider router={router} />
        </DesignProvider>
      </AppearanceProvider>
    </QueryClientProvider>
  );
}
