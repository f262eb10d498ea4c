/** Ends the emulator that `global-setup.ts` started. */
export default function stop(): void {
  const { stopEmulator } = globalThis as { stopEmulator?: () => void };
  stopEmulator?.();
}
