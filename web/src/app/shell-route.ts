import { createRoute, redirect } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import { meOptions, metaOptions } from "@/api/queries";
import { root } from "./root-route";
import { routePart } from "./route-part";

/** Everything inside the shell needs somebody signed in and the metadata. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    try {
      await Promise.all([
        context.queryClient.ensureQueryData(meOptions),
        context.queryClient.ensureQueryData(metaOptions).catch((error: unknown) => {
          // Signed out: the failure of `me` decides where to go.
          if (!(error instanceof ApiError && error.status === 401)) throw error;
        }),
      ]);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: "/login", search: location.href === "/" ? {} : { return: location.href } });
      }
      throw error;
    }
  },
  component: routePart(() => import("./shell/shell"), "Shell"),
});
