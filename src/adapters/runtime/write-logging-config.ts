import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaDistribution } from './provision-kafka.ts';

/** Writes the logging configuration of services (INFO) and of command line tools (WARN, stderr) beside the jars. */
export async function writeLoggingConfig({ madeDir }: KafkaDistribution): Promise<void> {
  const dir = join(madeDir, 'logging');
  await mkdir(dir, { recursive: true });
  const files = {
    'service-log4j2.properties': log4j2('INFO', 'SYSTEM_OUT'),
    'tool-log4j2.properties': log4j2('WARN', 'SYSTEM_ERR'),
    'service-log4j.properties': log4j('INFO', 'System.out'),
    'tool-log4j.properties': log4j('WARN', 'System.err'),
  };
  for (const [name, text] of Object.entries(files)) {
    const draft = join(dir, `${name}.${randomUUID()}`);
    await writeFile(draft, text);
    await rename(draft, join(dir, name));
  }
}

const PATTERN = '[%d] %p %m (%c{1})%n';

/** Loggers that print hundreds of lines at each start and never help. */
const CHATTER = ['org.apache.kafka.common.config', 'org.apache.kafka.connect.runtime.isolation', 'org.apache.kafka.common.utils.AppInfoParser', 'org.apache.kafka.common.metrics'];

function log4j2(level: string, target: string): string {
  return [
    'status = error',
    'appender.console.type = Console',
    'appender.console.name = CONSOLE',
    `appender.console.target = ${target}`,
    'appender.console.layout.type = PatternLayout',
    `appender.console.layout.pattern = ${PATTERN}`,
    `rootLogger.level = ${level}`,
    'rootLogger.appenderRef.console.ref = CONSOLE',
    ...CHATTER.flatMap((name, index) => [`logger.chatter${index}.name = ${name}`, `logger.chatter${index}.level = WARN`]),
    '',
  ].join('\n');
}

function log4j(level: string, target: string): string {
  return [
    `log4j.rootLogger=${level}, console`,
    'log4j.appender.console=org.apache.log4j.ConsoleAppender',
    `log4j.appender.console.target=${target}`,
    'log4j.appender.console.layout=org.apache.log4j.PatternLayout',
    `log4j.appender.console.layout.ConversionPattern=${PATTERN}`,
    ...CHATTER.map((name) => `log4j.logger.${name}=WARN`),
    '',
  ].join('\n');
}
