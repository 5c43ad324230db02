import io.kroxylicious.proxy.KafkaProxy;
import io.kroxylicious.proxy.config.ConfigParser;
import io.kroxylicious.proxy.internal.config.Features;
import java.nio.file.Files;
import java.nio.file.Path;

/** The jars of Kroxylicious in Maven Central hold no class to start it with: this runs it with the configuration file of the argument. */
public final class StartKroxylicious {
    public static void main(String[] args) throws Exception {
        ConfigParser parser = new ConfigParser();
        String configuration = Files.readString(Path.of(args[0]));
        try (KafkaProxy proxy = new KafkaProxy(parser, parser.parseConfiguration(configuration), Features.defaultFeatures())) {
            proxy.startup();
            proxy.block();
        }
    }
}
