import { describe, expect, it } from "vitest";
import { fromContainer, mayBePrivate } from "../../../components/addresses";
import { isLoopback } from "../../../providers/shared/base-url";

describe("localhost", () => {
  it.each([
    ["http://localhost:11434", "http://host.docker.internal:11434"],
    ["http://127.0.0.1:11434", "http://host.docker.internal:11434"],
    ["http://127.8.9.10", "http://host.docker.internal"],
    ["https://[::1]:443/", "https://host.docker.internal"],
    ["http://LOCALHOST:80", "http://host.docker.internal"],
    ["http://localhost.:11434", "http://host.docker.internal:11434"],
    ["http://ollama.localhost:11434", "http://host.docker.internal:11434"],
    ["http://0.0.0.0:11434", "http://host.docker.internal:11434"],
    ["http://[::]:11434", "http://host.docker.internal:11434"],
    ["http://[::ffff:127.0.0.1]:11434", "http://host.docker.internal:11434"],
    ["http://127.1:11434", "http://host.docker.internal:11434"],
    ["http://2130706433:11434", "http://host.docker.internal:11434"],
    ["http://localhost:8080/ollama/", "http://host.docker.internal:8080/ollama"],
  ])("%s is %s from a container", (url, rewritten) => {
    expect(isLoopback(url)).toBe(true);
    expect(fromContainer(url)).toBe(rewritten);
  });

  it.each([
    "http://ollama:11434",
    "https://localhost.example.com",
    "http://10.0.0.1:11434",
    "http://128.0.0.1",
    "no URL",
  ])("%s stays as it is", (url) => {
    expect(isLoopback(url)).toBe(false);
    expect(fromContainer(url)).toBe(url);
  });
});

describe("an address that may be private", () => {
  it.each([
    "http://ollama:11434",
    "https://ollama",
    "http://host.docker.internal:11434",
    "http://example.com",
    "http://10.1.2.3",
    "https://127.0.0.1",
    "https://169.254.1.1",
    "https://172.16.0.1",
    "https://172.31.255.255",
    "https://192.168.1.1",
    "https://[fd00::1]",
  ])("%s may be private", (url) => expect(mayBePrivate(url)).toBe(true));

  it.each([
    "https://api.example.com",
    "http://8.8.8.8",
    "https://172.32.0.1",
    "https://172.15.0.1",
    "https://192.169.0.1",
  ])("%s is public", (url) => expect(mayBePrivate(url)).toBe(false));
});
