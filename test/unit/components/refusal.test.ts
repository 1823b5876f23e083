import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { refusal } from "../../../components/refusal";

it("a mistake is told as it is, though the SDK puts names of inputs before it", () => {
  const error = refusal("chat", "hostname is wrong");
  error.message = `error serializing property "endpoint": ${error.message}`;
  expect(error.message).toBe('OllamaChatStack "chat": hostname is wrong');
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect(error).toBeInstanceOf(Error);
});
