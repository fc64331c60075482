import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";

type Schemas = components["schemas"];

/** An industry pack: installed, offered or both. */
export type Pack = Schemas["Pack"];
/** One thing a pack brings, changes or takes away. */
export type PackChange = Schemas["PackChange"];
export type PackPlan = Schemas["PackPlan"];
/** A pack the server could not read. */
export type BrokenPack = Schemas["BrokenPack"];

const of = (pack: string) => ({ params: { path: { pack } } });

export const packsOptions = queryOptions({
  queryKey: queryKeys.packs,
  queryFn: ({ signal }) => answer(api.GET("/packs", { signal })),
});

export const planPack = (pack: string, remove: boolean): Promise<PackPlan> =>
  answer(api.POST("/packs/{pack}/plan", { ...of(pack), body: { remove } }));
export const installPack = (pack: string, version: string, acceptLoss: boolean): Promise<unknown> =>
  answer(api.POST("/packs/{pack}/apply", { ...of(pack), body: { version, accept_loss: acceptLoss } }));
export const removePack = (pack: string, acceptLoss: boolean): Promise<void> =>
  answer(api.DELETE("/packs/{pack}", { params: { path: { pack }, query: { accept_loss: acceptLoss } } }));
