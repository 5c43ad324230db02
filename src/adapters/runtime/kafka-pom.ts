/** A pom whose dependencies are all that brokers, a dedicated MirrorMaker 2 and Kafka's command line tools need. */
export function renderKafkaPom(version: string): string {
  const artifacts = ['kafka_2.13', 'kafka-tools', 'connect-mirror', 'connect-runtime', 'connect-json', 'connect-transforms'];
  return renderPom(artifacts.map((artifactId) => ({ groupId: 'org.apache.kafka', artifactId, version })));
}

/** A pom of the one jar without which Kafka 4 logs nothing at all; it must be of log4j's own version. */
export function renderLogBindingPom(log4jVersion: string): string {
  return renderPom([{ groupId: 'org.apache.logging.log4j', artifactId: 'log4j-slf4j-impl', version: log4jVersion }]);
}

/** A pom of the schema registry's distribution; optional, 160 MB. */
export function renderRegistryPom(version: string): string {
  return renderPom([{ groupId: 'io.apicurio', artifactId: 'apicurio-registry-app', version, classifier: 'all', type: 'tar.gz' }]);
}

interface Dependency {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  readonly classifier?: string;
  readonly type?: string;
}

function renderPom(dependencies: readonly Dependency[]): string {
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '  <modelVersion>4.0.0</modelVersion>',
    '  <groupId>gwctl</groupId>',
    '  <artifactId>provision</artifactId>',
    '  <version>1</version>',
    '  <packaging>pom</packaging>',
    '  <dependencies>',
    ...dependencies.map(renderDependency),
    '  </dependencies>',
    '</project>',
    '',
  ].join('\n');
}

function renderDependency(dependency: Dependency): string {
  const parts = Object.entries({ ...dependency }).map(([name, value]) => `<${name}>${value}</${name}>`);
  // Not the registry's own dependencies: its archive holds them.
  const exclusions = dependency.type === undefined ? '' : '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';
  return `    <dependency>${parts.join('')}${exclusions}</dependency>`;
}
