package org.dpo4j.examples.cli;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.dpo4j.examples.service.AnswerService;
import org.dpo4j.examples.service.ModelAnswers;
import org.dpo4j.examples.service.Question;
import org.dpo4j.examples.service.ServiceSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers over HTTP until it is told to end. */
@Command(
    name = "serve",
    description = {
      "Answers POST /answer ({\"prompt\": …}, and if you like n, max_tokens, seed) with the best of n by the",
      "implicit reward; GET /health, GET /metrics. Ctrl-C or SIGTERM ends it once it has answered what it took on."
    })
final class Serve implements Callable<Integer>, Checked {

  private static final long MEBIBYTE = 1 << 20;
  private static final int MAX_BODY_BYTES = 64 << 10;

  @Mixin private ModelOptions model;

  @Mixin private TextOptions texts;

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "The policy's adapter; its reward is against the model without it.")
  private Path adapter;

  @Option(
      names = "--beta",
      defaultValue = "0.1",
      paramLabel = "BETA",
      description = "The reward is beta times the log-ratio (${DEFAULT-VALUE}).")
  private double beta;

  @Option(
      names = "--raw",
      description =
          "Take prompts as they are, as for a model without a chat template; otherwise a prompt is what a user says.")
  private boolean raw;

  @Mixin private GenerationOptions generation;

  @Option(
      names = {"-n", "--candidates"},
      defaultValue = "4",
      paramLabel = "N",
      description = "How many answers are drawn unless a question says (${DEFAULT-VALUE}).")
  private int candidates;

  @Option(
      names = "--max-candidates",
      defaultValue = "16",
      paramLabel = "N",
      description = "The most a question may ask for (${DEFAULT-VALUE}).")
  private int maxCandidates;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      paramLabel = "ADDRESS",
      description = "Where to listen; nobody is asked who they are (${DEFAULT-VALUE}).")
  private InetAddress host;

  @Option(
      names = "--port",
      defaultValue = "8080",
      paramLabel = "PORT",
      description = "0 for any that is free (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--allow-host",
      paramLabel = "NAME",
      description =
          "A name that clients may call the service by, beside localhost and its address; give it again for more.")
  private List<String> hosts = List.of();

  @Option(
      names = "--workers",
      defaultValue = "2",
      paramLabel = "N",
      description = "Questions answered at the same time (${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--queue",
      defaultValue = "8",
      paramLabel = "N",
      description = "Questions that may wait; one more is refused at once (${DEFAULT-VALUE}).")
  private int queue;

  @Option(
      names = "--max-connections",
      defaultValue = "256",
      paramLabel = "N",
      description =
          "Connections at the same time; at that number those that keep the service waiting for 2 s are dropped (${DEFAULT-VALUE}).")
  private int maxConnections;

  @Option(
      names = "--patience-seconds",
      defaultValue = "20",
      paramLabel = "S",
      description =
          "How long a client may take to send a request's headers, to send its body, and to take the reply (${DEFAULT-VALUE}).")
  private int patienceSeconds;

  @Option(
      names = "--cache-mib",
      defaultValue = "256",
      paramLabel = "MIB",
      description = "Memory that drawing the answers to one question may take (${DEFAULT-VALUE}).")
  private int cacheMebibytes;

  @Option(
      names = "--grace-seconds",
      defaultValue = "30",
      paramLabel = "S",
      description = "How long it goes on answering when it is told to end (${DEFAULT-VALUE}).")
  private int graceSeconds;

  private @Spec CommandSpec spec;

  @Override
  public void requireInputs() {
    ModelFolder.requireAdapter("--adapter", model.model, adapter);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServiceSettings settings =
        new ServiceSettings(
            new InetSocketAddress(host, port),
            ImmutableSet.copyOf(hosts),
            workers,
            queue,
            maxConnections,
            MAX_BODY_BYTES,
            Duration.ofSeconds(patienceSeconds),
            Duration.ofSeconds(graceSeconds),
            new Question.Limits(candidates, maxCandidates, generation.maxTokens, generation.seed));
    AnswerService service = start(settings);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(service, ended), "end-of-service"));
    spec.commandLine().getOut().println("listening on " + service.address());
    ended.await();
    return 0;
  }

  private AnswerService start(ServiceSettings settings) throws IOException {
    try {
      return AnswerService.start(this::answers, settings);
    } catch (BindException e) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "--port %d of --host %s can't be listened on (%s); choose another, or port 0 for any"
                  + " that is free",
              port,
              host.getHostAddress(),
              e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
          e);
    }
  }

  private ModelAnswers answers() {
    return ModelAnswers.of(
        model.load(texts.tokenization()),
        adapter,
        beta,
        cacheMebibytes * MEBIBYTE,
        generation.sampling(),
        raw);
  }

  private void end(AnswerService service, CountDownLatch ended) {
    service.close();
    spec.commandLine().getOut().println("closed");
    ended.countDown();
  }
}
