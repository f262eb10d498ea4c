/** moto_server imports two seconds of modules, which is much longer on a machine that has a lot else to do. */
const LIMIT_MILLISECONDS = 90_000;

/** Resolves when a server that was just started answers. */
export async function answers(url: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MILLISECONDS;
  while (Date.now() < deadline) {
    const ok = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not answer within ${LIMIT_MILLISECONDS / 1000} s`);
}
