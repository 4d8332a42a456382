package org.dpo4j.examples.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
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
final class Serve implements Callable<Integer> {

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
  public Integer call() throws IOException, InterruptedException {
    ServiceSettings settings =
        new ServiceSettings(
            new InetSocketAddress(host, port),
            workers,
            queue,
            MAX_BODY_BYTES,
            Duration.ofSeconds(graceSeconds),
            new Question.Limits(candidates, maxCandidates, generation.maxTokens, generation.seed));
    AnswerService service =
        AnswerService.start(
            ModelAnswers.of(
                model.load(texts.tokenization()),
                adapter,
                beta,
                cacheMebibytes * MEBIBYTE,
                generation.sampling(),
                raw),
            settings);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(service, ended), "end-of-service"));
    spec.commandLine().getOut().println("listening on " + service.address());
    ended.await();
    return 0;
  }

  private void end(AnswerService service, CountDownLatch ended) {
    service.close();
    spec.commandLine().getOut().println("closed");
    ended.countDown();
  }
}
