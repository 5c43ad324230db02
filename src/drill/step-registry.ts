import type { DrillStepKind } from './scenario-schema.ts';
import type { StepRunner } from './step-tools.ts';
import { createTopic, deleteTopic } from './steps/change-topics.ts';
import { consume } from './steps/consume.ts';
import { down } from './steps/down.ts';
import { expectMapping } from './steps/expect-mapping.ts';
import { expectTopics } from './steps/expect-topics.ts';
import { failover } from './steps/failover.ts';
import { fault } from './steps/fault.ts';
import { issueToken } from './steps/issue-token.ts';
import { startLoad, stopLoad } from './steps/load.ts';
import { produce } from './steps/produce.ts';
import { switchNode } from './steps/switch-node.ts';
import { verify } from './steps/verify.ts';

export type DrillSteps = { readonly [K in DrillStepKind]: StepRunner<K> };

/** What each kind of step does. */
export const DRILL_STEPS: DrillSteps = { issueToken, createTopic, deleteTopic, produce, consume, expectTopics, expectMapping, verify, failover, switchNode, startLoad, stopLoad, fault, down };
