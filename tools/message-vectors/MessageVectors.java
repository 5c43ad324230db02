import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * Prints one random message of each API, kind and version, written by Kafka's own classes: what test/wire/kafka-messages.test.ts reads.
 * Class path: kafka-clients, slf4j-api, jackson-core, jackson-databind and jackson-annotations, as in the Kafka distribution.
 *   java -cp "LIBS/*" tools/message-vectors/MessageVectors.java > test/wire/kafka-4.3.1-messages.txt
 * A line: schema name, version, message in base64, and its values as Kafka's JSON.
 */
public class MessageVectors {
    private static final Random RANDOM = new Random(431);
    private static final List<Integer> INTER_BROKER = List.of(27, 83, 84, 85, 86, 87);

    public static void main(String[] args) throws Exception {
        for (ApiMessageType api : ApiMessageType.values()) {
            if (!api.listeners().contains(ListenerType.BROKER) || INTER_BROKER.contains((int) api.apiKey())) continue;
            for (short version = api.lowestSupportedVersion(); version <= api.highestSupportedVersion(true); version++) {
                print(api.newRequest(), api.requestSchemas()[version], version);
                print(api.newResponse(), api.responseSchemas()[version], version);
            }
        }
    }

    private static void print(ApiMessage message, Schema schema, short version) throws Exception {
        fill(message, schema);
        ByteBuffer buffer = MessageUtil.toByteBufferAccessor(message, version).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        String name = message.getClass().getSimpleName();
        Object json = Class.forName("org.apache.kafka.common.message." + name + "JsonConverter")
            .getMethod("write", message.getClass(), short.class).invoke(null, message, version);
        System.out.println(name.replaceAll("Data$", "") + " " + version + " " + Base64.getEncoder().encodeToString(bytes) + " " + json);
    }

    private static void fill(Object owner, Schema schema) throws Exception {
        Map<String, org.apache.kafka.common.protocol.types.Field> known = new HashMap<>();
        boolean flexible = false;
        for (BoundField bound : schema.fields()) {
            if (bound.def.type instanceof TaggedFields tagged) {
                flexible = true;
                for (var field : tagged.fields().values()) known.put(field.name, field);
            } else {
                known.put(bound.def.name, bound.def);
            }
        }
        for (Field field : owner.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || field.getName().equals("_unknownTaggedFields")) continue;
            var definition = known.get(field.getName().replaceAll("([A-Z])", "_$1").toLowerCase());
            if (definition == null) continue;
            field.setAccessible(true);
            if (definition.type.isNullable() && RANDOM.nextInt(4) == 0) field.set(owner, null);
            else if (RANDOM.nextInt(8) > 0) field.set(owner, value(field.getType(), field.getGenericType(), definition.type));
        }
        if (flexible && RANDOM.nextInt(3) == 0) ((Message) owner).unknownTaggedFields().add(new RawTaggedField(7000, bytes()));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object value(Class<?> type, Type generic, org.apache.kafka.common.protocol.types.Type wire) throws Exception {
        if (type == boolean.class) return RANDOM.nextBoolean();
        if (type == byte.class) return (byte) RANDOM.nextInt();
        if (type == short.class) return (short) RANDOM.nextInt();
        if (type == int.class) return wire.toString().equals("UINT16") ? RANDOM.nextInt(0x10000) : RANDOM.nextInt();
        if (type == long.class) return RANDOM.nextLong();
        if (type == double.class) return RANDOM.nextDouble();
        if (type == String.class) return "t\u00e9xt-" + RANDOM.nextInt(1000);
        if (type == Uuid.class) return new Uuid(RANDOM.nextLong(), RANDOM.nextLong());
        if (type == byte[].class) return bytes();
        if (type == ByteBuffer.class) return ByteBuffer.wrap(bytes());
        if (type == BaseRecords.class) return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1000L, bytes(), bytes()));
        if (Collection.class.isAssignableFrom(type)) {
            Collection values = type == List.class ? new ArrayList<>() : (Collection) type.getDeclaredConstructor().newInstance();
            Type holder = type == List.class ? generic : type.getGenericSuperclass();
            Class<?> element = (Class<?>) ((ParameterizedType) holder).getActualTypeArguments()[0];
            var elementWire = wire.arrayElementType().get();
            for (int count = 1 + RANDOM.nextInt(2); count > 0; count--) values.add(value(unboxed(element), element, elementWire));
            return values;
        }
        Object struct = type.getDeclaredConstructor().newInstance();
        fill(struct, (Schema) wire);
        return struct;
    }

    private static Class<?> unboxed(Class<?> type) {
        if (type == Byte.class) return byte.class;
        if (type == Short.class) return short.class;
        if (type == Integer.class) return int.class;
        if (type == Long.class) return long.class;
        return type;
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[RANDOM.nextInt(6)];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
