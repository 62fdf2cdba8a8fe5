import type { Scenario } from "./scenario.ts";
import { brokerScenarios } from "./scenarios-broker.ts";
import { chatScenarios } from "./scenarios-chat.ts";
import { fanOutScenarios } from "./scenarios-fan-out.ts";
import { modelScenarios } from "./scenarios-model.ts";
import { processScenarios } from "./scenarios-process.ts";
import { serviceScenarios } from "./scenarios-service.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...processScenarios,
  ...serviceScenarios,
  ...brokerScenarios,
  ...modelScenarios,
  ...chatScenarios,
  ...fanOutScenarios,
];
