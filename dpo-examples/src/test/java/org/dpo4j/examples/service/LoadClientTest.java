package org.dpo4j.examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.dpo4j.api.reward.BestOfN;
import org.dpo4j.api.reward.Candidates;
import org.dpo4j.api.reward.Choice;
import org.dpo4j.api.reward.Reward;
import org.dpo4j.core.backend.Text;
import org.junit.jupiter.api.Test;

class LoadClientTest {

  /** Takes as long as a small model. */
  private static final class Slow implements Answers {

    @Override
    public Choice to(Question question) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return BestOfN.rank(
          Candidates.of(Text.of(question.prompt()), List.of("yes", "perhaps")),
          Reward.function((prompt, text) -> text.length()));
    }

    @Override
    public void close() {}
  }

  @Test
  void hostileClients_othersAreAnswered_descriptorsAreLevel() throws Exception {
    long before = descriptors();
    try (AnswerService service = AnswerService.start(new Slow(), settings())) {
      StringWriter out = new StringWriter();

      int code =
          LoadClient.run(
              new PrintWriter(out),
              ("--url " + service.address() + " --clients 4 --leaving 8 --deaf 8 --dripping 8")
                  .concat(" --seconds 4 --every-seconds 1 --pause-ms 50")
                  .split(" "));

      assertThat(out.toString())
          .contains(" descriptors, ", "answered: ", "health: ", "failed: 0")
          .doesNotContain("answered: 0", "health: 0");
      assertThat(code).isZero();
    }
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (descriptors() > before + 5 && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    // Those of the client's own HTTP are among them.
    assertThat(descriptors()).isLessThan(before + 20);
  }

  private static ServiceSettings settings() {
    return new ServiceSettings(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        ImmutableSet.of(),
        2,
        8,
        64,
        1024,
        Duration.ofSeconds(5),
        Duration.ofSeconds(2),
        new Question.Limits(2, 4, 16, 7));
  }

  private static long descriptors() throws IOException {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }
}
