import { describe, expect, it } from "vitest";
import { formAddress, originsOf, readEmbed } from "./embed";

const KEY = "0123456789abcdef0123456789abcdef";

describe("what is pasted into a website", () => {
  it("is as the server says where it knows its address", () => {
    const url = `https://crm.example.com/f/${KEY}`;
    const iframe = `<iframe src="${url}"></iframe>`;
    expect(readEmbed({ path: `/f/${KEY}`, url, iframe, form: "" }, KEY)).toEqual({ url, iframe, form: "" });
  });

  it("has the address the app was opened by where the server knows none", () => {
    const path = `/w/branch/f/${KEY}`;
    const code = readEmbed({ path, url: path, iframe: `<iframe src="${path}">`, form: `<form action="${path}">` }, KEY);
    expect(code.url).toBe(`${window.location.origin}${path}`);
    expect(code.iframe).toBe(`<iframe src="${window.location.origin}${path}">`);
    expect(code.form).toBe(`<form action="${window.location.origin}${path}">`);
  });

  it("has at least an address", () => {
    expect(readEmbed(null, KEY).url).toBe(formAddress(KEY));
  });

  it("names the websites that may embed it", () => {
    expect(originsOf("https://a.example\r\n\n https://b.example ")).toEqual(["https://a.example", "https://b.example"]);
  });
});
