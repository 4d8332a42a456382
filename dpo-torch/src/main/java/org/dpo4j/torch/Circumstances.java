package org.dpo4j.torch;

import ai.djl.pytorch.jni.JniUtils;
import com.google.common.primitives.Longs;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.dpo4j.core.backend.StateSink;
import org.dpo4j.core.backend.StateSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What, beside the numbers that are trained, decides about the bits of the next step.
 *
 * @param dropoutSeed where dropout's chance stands
 * @param threads how many libtorch computes with: sums are split among them
 */
record Circumstances(long dropoutSeed, int threads) {

  private static final Logger LOG = LoggerFactory.getLogger(Circumstances.class);

  private static final String PIECE = "torch.json";
  private static final String SEED = "dropout_seed";
  private static final String THREADS = "threads";

  static Circumstances now(long dropoutSeed) {
    return new Circumstances(dropoutSeed, JniUtils.getNumThreads());
  }

  void save(StateSink sink) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty(SEED, dropoutSeed);
    json.addProperty(THREADS, threads);
    sink.write(PIECE, out -> out.write((json + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  static Circumstances read(StateSource source) throws IOException {
    JsonObject json = TrainedState.object(source, PIECE);
    return new Circumstances(
        number(json, SEED, Long.MIN_VALUE, Long.MAX_VALUE),
        (int) number(json, THREADS, 1, 1_000_000));
  }

  private static long number(JsonObject json, String field, long least, long most) {
    JsonElement number = json.get(field);
    String text = String.valueOf(number);
    Long value = Longs.tryParse(text);
    if (value != null && value >= least && value <= most) {
      return value;
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s: %s must be a whole number in [%d, %d], got %s",
            PIECE,
            field,
            least,
            most,
            text));
  }

  /** Says so where a run goes on under others, which changes the last bits. */
  void compareWithNow() {
    int now = JniUtils.getNumThreads();
    if (now != threads) {
      LOG.warn(
          "the run began with {} threads of libtorch and goes on with {}: its numbers will differ in"
              + " their last bits from those of a run that was not ended; start the process with"
              + " OMP_NUM_THREADS={} for the same bits",
          threads,
          now,
          threads);
    }
  }
}
