import { describe, expect, it } from "vitest";
import type { SmsGateway } from "@/api/outreach";
import { hasUnsafeNumber, toChange } from "./sms-gateway-form";

const gateway: SmsGateway = {
  enabled: true,
  address: "https://sms.example.com/",
  body: { to: "{number}", text: "{text}" },
  header: null,
  member_cap: 20,
  daily_cap: 500,
  secret_set: true,
  sent_today: 0,
};

const form = {
  enabled: true,
  address: gateway.address,
  header: "",
  body: JSON.stringify(gateway.body, null, 2),
  member_cap: 20,
  daily_cap: 500,
};

describe("the form of the gateway", () => {
  it("sends what was changed alone", () => {
    expect(toChange(form, gateway)).toEqual({});
    expect(toChange({ ...form, daily_cap: 9, secret: "a new secret" }, gateway)).toEqual({
      daily_cap: 9,
      secret: "a new secret",
    });
    expect(toChange({ ...form, body: '{"to":"{number}{text}"}' }, gateway)).toEqual({ body: { to: "{number}{text}" } });
  });

  it("knows numbers that would be changed on the way", () => {
    expect(hasUnsafeNumber('{"template": 1234567890123456789}')).toBe(true);
    expect(hasUnsafeNumber('{"template": "1234567890123456789", "n": 12}')).toBe(false);
    expect(hasUnsafeNumber('{"a \\" 1234567890123456789": 1}')).toBe(false);
  });
});
