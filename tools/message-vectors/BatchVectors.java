import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * Prints record batches written by Kafka's own classes: what test/wire/kafka-batches.test.ts reads. Class path as for MessageVectors.java.
 *   java -cp "LIBS/*" tools/message-vectors/BatchVectors.java > test/wire/kafka-4.3.1-batches.txt
 * A line: name, batch in base64. The records are always those of `records()`.
 */
public class BatchVectors {
    public static void main(String[] args) {
        Map<String, Compression> compressions = new LinkedHashMap<>();
        compressions.put("none", Compression.NONE);
        compressions.put("gzip", Compression.gzip().build());
        compressions.put("snappy", Compression.snappy().build());
        compressions.put("lz4", Compression.lz4().build());
        compressions.put("zstd", Compression.zstd().build());
        compressions.forEach((name, compression) -> print(name, MemoryRecords.withRecords(5L, compression, 3, records())));
        print("transactional", MemoryRecords.withTransactionalRecords(5L, Compression.NONE, 77L, (short) 2, 9, 3, records()));
        print("abort-marker", MemoryRecords.withEndTransactionMarker(5L, 1000L, 3, 77L, (short) 2, new EndTransactionMarker(ControlRecordType.ABORT, 1)));
        print("commit-marker", MemoryRecords.withEndTransactionMarker(5L, 1000L, 3, 77L, (short) 2, new EndTransactionMarker(ControlRecordType.COMMIT, 1)));
    }

    private static SimpleRecord[] records() {
        return new SimpleRecord[] {
            new SimpleRecord(1000L, "key".getBytes(), "value".getBytes(), new Header[] {new RecordHeader("h", "x".getBytes()), new RecordHeader("n", (byte[]) null)}),
            new SimpleRecord(900L, (byte[]) null, (byte[]) null),
            new SimpleRecord(4000L, new byte[0], "abc".repeat(300).getBytes()),
        };
    }

    private static void print(String name, MemoryRecords records) {
        ByteBuffer buffer = records.buffer().duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        System.out.println(name + " " + Base64.getEncoder().encodeToString(bytes));
    }
}
