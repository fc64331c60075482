import { createLink } from "@tanstack/react-router";
import { Button } from "antd";

/** A link that looks like a button: one element, so that it is one stop for the keyboard and opens in a new tab. */
export const ButtonLink = createLink(Button);
