import { HiveMindError } from '../../src/domain/errors.ts';
import { type Fix, type FixPolicy, isOpenQuestion } from '../../src/domain/fix.ts';
import { answerFix } from '../../src/operations/answer-fix.ts';
import type { MortalPlatform } from './mortal-platform.ts';
import type { Random } from './random.ts';

/** How one order is mended, and who decides about what is asked. */
export interface Mending {
  readonly policy: FixPolicy;
  readonly random: Random;
}

const DECISIONS = ['approve', 'approve', 'approve', 'reject', 'leave', 'kill'] as const;
const ACTOR = 'operator@example';

/** Somebody who answers the questions of one execution, leaves them, or has the control plane die while it waits. */
export class Operator {
  readonly #random: Random | undefined;
  readonly #left = new Set<string>();

  /** @param random decides; without it every question is left */
  constructor(random: Random | undefined) {
    this.#random = random;
  }

  /** Decides about the question that is open, if one is. @returns whether anything was done */
  async answer(platform: MortalPlatform, executionId: string): Promise<boolean> {
    const fix = (await platform.store.listFixes(executionId)).find(isOpenQuestion);
    // A question that the workflow does not wait with yet is not seen by anybody.
    if (!this.#random || !fix || fix.taskToken === null || this.#left.has(fix.id)) return false;
    switch (this.#random.pick(DECISIONS)) {
      case 'leave':
        this.#left.add(fix.id);
        return false;
      case 'kill':
        platform.kill();
        return true;
      case 'approve':
        return await this.#tell(platform, fix, true);
      case 'reject':
        return await this.#tell(platform, fix, false);
    }
  }

  async #tell(platform: MortalPlatform, fix: Fix, approve: boolean): Promise<boolean> {
    const { id, digest, asks } = fix;
    const environment = Object.fromEntries(approve ? asks.map((name) => [name, 'a value']) : []);
    try {
      await answerFix(platform, id, { approve, digest, environment }, ACTOR);
      return true;
    } catch (error) {
      if (!(error instanceof HiveMindError) || error.code !== 'FixClosed') throw error;
      // Cancelled meanwhile, or too late.
      this.#left.add(id);
      return false;
    }
  }
}
