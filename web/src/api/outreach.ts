import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import { queryKeys } from "./query-keys";

type Schemas = components["schemas"];

export type PushState = Schemas["PushState"];
export type PushSubscriptionInfo = Schemas["PushSubscription"];
export type NewPushSubscription = Schemas["NewPushSubscription"];
export type PhoneState = Schemas["PhoneState"];
export type SmsGateway = Schemas["SmsGateway"];
export type ChangedSmsGateway = Schemas["ChangedSmsGateway"];
export type SmsTried = Schemas["SmsTried"];
export type SmsMessage = Schemas["SmsMessage"];

export const pushOptions = queryOptions({
  queryKey: queryKeys.push,
  queryFn: ({ signal }) => answer(api.GET("/me/push", { signal })) as Promise<PushState>,
});

/** The server's key, base64url: made where there is none yet. */
export const makePushKey = async (): Promise<string> =>
  ((await answer(api.POST("/me/push/key"))) as Schemas["PushKey"]).public_key;

export const addPush = (body: NewPushSubscription): Promise<PushSubscriptionInfo> =>
  answer(api.POST("/me/push", { body })) as Promise<PushSubscriptionInfo>;

export const removePush = (id: string): Promise<void> =>
  answer(api.DELETE("/me/push/{id}", { params: { path: { id } } })) as Promise<void>;

export const phoneOptions = queryOptions({
  queryKey: queryKeys.phone,
  queryFn: ({ signal }) => answer(api.GET("/me/phone", { signal })) as Promise<PhoneState>,
});

export const beginPhone = (number: string): Promise<PhoneState> =>
  answer(api.POST("/me/phone", { body: { number } })) as Promise<PhoneState>;

export const confirmPhone = (code: string): Promise<PhoneState> =>
  answer(api.POST("/me/phone/confirm", { body: { code } })) as Promise<PhoneState>;

export const removePhone = (): Promise<void> => answer(api.DELETE("/me/phone")) as Promise<void>;

export const smsGatewayOptions = queryOptions({
  queryKey: queryKeys.smsGateway,
  queryFn: ({ signal }) => answer(api.GET("/sms-gateway", { signal })) as Promise<SmsGateway>,
});

export const changeSmsGateway = (body: ChangedSmsGateway): Promise<SmsGateway> =>
  answer(api.PATCH("/sms-gateway", { body })) as Promise<SmsGateway>;

export const testSmsGateway = (number: string): Promise<SmsTried> =>
  answer(api.POST("/sms-gateway/test", { body: { number } })) as Promise<SmsTried>;

export const smsMessagesOptions = queryOptions({
  queryKey: queryKeys.smsMessages,
  queryFn: async ({ signal }) =>
    (
      await (answer(api.GET("/sms-messages", { params: { query: { limit: 100 } }, signal })) as Promise<{
        items: SmsMessage[];
      }>)
    ).items,
});
