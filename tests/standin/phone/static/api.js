// Talking to the stand-in; every failure becomes one sentence.
import { toast } from "./dom.js";

async function answer(request) {
  const response = await request.catch(() => null);
  if (!response) throw new Error("连不上演示程序，请看看它是否还在运行。");
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.detail || `出了点问题（${response.status}）。`);
  return body;
}

export const get = (path) => answer(fetch(`/phone${path}`));

export async function post(path, body = {}) {
  const sent = body instanceof Blob
    ? { body, headers: { "Content-Type": body.type } }
    : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  try {
    return await answer(fetch(`/phone${path}`, { method: "POST", ...sent }));
  } catch (error) {
    toast(error.message);
    return null;
  }
}
