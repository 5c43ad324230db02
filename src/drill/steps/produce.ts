import { sendRecords } from '../clients/send-records.ts';
import { recordCount, renderRecord, showValue } from '../judge-records.ts';
import type { StepRunner } from '../step-tools.ts';
import { kafkaOf } from './find.ts';

/** Writes the records in their order and waits until all in-sync replicas have them. */
export const produce: StepRunner<'produce'> = async (input, tools) => {
  const values = input.records.map(renderRecord);
  const written = await sendRecords(kafkaOf(tools, input), input.topic, values);
  return {
    seen: `${recordCount(values.length)} acknowledged in ${input.topic} (${written.map(({ partition, offset }) => `partition ${partition}, offset ${offset}`).join('; ')})`,
    details: values.map((value) => `→ ${showValue(value)}`),
    evidence: { records: values.length, written },
  };
};
