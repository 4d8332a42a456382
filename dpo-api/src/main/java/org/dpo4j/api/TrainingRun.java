package org.dpo4j.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.dpo4j.core.backend.ForwardPass;
import org.dpo4j.core.backend.Optimizer;
import org.dpo4j.core.backend.Policy;
import org.dpo4j.core.backend.TokenScores;
import org.dpo4j.core.backend.Tokenizer;
import org.dpo4j.core.batch.Metrics;
import org.dpo4j.core.batch.TokenStatistic;
import org.dpo4j.core.batch.TokenValues;
import org.dpo4j.core.loss.Bco;
import org.dpo4j.core.loss.Evaluation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of training: the only loop there is. {@link #step} and what follows it is a training
 * step, top to bottom.
 */
final class TrainingRun {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  private final Policy policy;
  private final TrainingSettings settings;
  private final Tokenizer tokenizer;
  private final Course course;
  private final Alarms alarms;
  private final ImmutableList<TrainingListener> listeners;
  private Progress progress = Progress.none();
  private RunRecord record = new RunRecord.None();

  TrainingRun(Policy policy, TrainingSettings settings, Examples all) {
    this.policy = policy;
    this.settings = settings;
    this.tokenizer = settings.tokenizer(policy);
    this.course = new Course(tokenizer, settings, all);
    this.alarms = new Alarms(settings);
    this.listeners =
        ImmutableList.<TrainingListener>builder().addAll(settings.listeners()).add(alarms).build();
  }

  TrainingReport run() {
    settings.cancellation().runBegins();
    try (RunRecord opened = openRecord();
        OpenReference reference =
            OpenReference.open(
                settings.reference(), policy, opened.referenceCache(), tokenizer.date());
        Optimizer optimizer = policy.optimizer(settings.optimizer())) {
      reference.requireVocabulary(policy.tokenizer(), course::needed);
      if (reference.mayLackPairs()) {
        reference.requireKnown(noun(), course.needed());
        course
            .heldOut()
            .forEach(micro -> reference.requireKnown("held-out " + noun(), micro.examples()));
      }
      record = opened;
      return run(new RunRecord.Parts(policy, optimizer, reference));
    } finally {
      settings.cancellation().runEnds();
    }
  }

  private RunRecord openRecord() {
    RunDirectory to = settings.directory();
    if (to == null) {
      return new RunRecord.None();
    }
    return RecordedRun.open(
        to,
        settings.best(),
        course.totalSteps(),
        () ->
            RunConfiguration.of(
                policy, tokenizer, settings, course.data(), course.heldOutData(), to.path()));
  }

  private TrainingReport run(RunRecord.Parts parts) {
    progress = record.begin(parts);
    alarms.begin(course.data().data(), progress, record);
    StopReason stopped = record.ended().orElseGet(() -> steps(parts));
    TrainingReport report =
        progress.report(
            settings.task(),
            stopped,
            course.data().data(),
            course.heldOutData().map(Prepared::data),
            alarms.all());
    if (stopped == StopReason.CANCELLED) {
      record.cancelled(progress, parts);
    } else {
      record.finish(progress, parts, report);
    }
    return report;
  }

  /** From the step after the last one done to the end. */
  private StopReason steps(RunRecord.Parts parts) {
    OpenReference reference = parts.reference();
    int epoch = -1;
    List<Integer> order = List.of();
    for (int done = progress.step(); ; done++) {
      if (isEvaluationDue(done)) {
        Optional<Metrics> evaluation = evaluate(done, reference);
        if (evaluation.isEmpty()) {
          return StopReason.CANCELLED;
        }
        reportEvaluation(new TrainingStep(done, course.totalSteps(), evaluation.get()));
      }
      if (done > 0) {
        record.settle(progress, parts);
      }
      if (done == course.totalSteps()) {
        return StopReason.COMPLETED;
      }
      if (isEarlyStopDue(done)) {
        return StopReason.STOPPED_EARLY;
      }
      if (done / course.stepsPerEpoch() != epoch) {
        epoch = done / course.stepsPerEpoch();
        order = course.order(epoch);
      }
      if (!step(
          done + 1,
          course.window(order, done % course.stepsPerEpoch()),
          reference,
          parts.optimizer())) {
        return StopReason.CANCELLED;
      }
    }
  }

  /**
   * The training step: false if it was cancelled, an exception if it failed. The parameters are
   * unchanged in both cases, unless the optimizer itself failed, which the exception says.
   */
  private boolean step(
      int step, List<Examples.Example> window, OpenReference reference, Optimizer optimizer) {
    List<String> ids = window.stream().map(Examples.Example::id).toList();
    Optional<Accumulated> accumulated;
    try {
      accumulated = accumulate(course.split(window), reference, optimizer);
    } catch (NotFiniteException e) {
      optimizer.discardGradients();
      skip(step, reference, e);
      return true;
    } catch (RuntimeException e) {
      optimizer.discardGradients();
      throw TrainingException.inStep(noun(), step, ids, e);
    }
    if (accumulated.isEmpty()) {
      return false;
    }
    if (!progress.hasSteps()) {
      progress.stepZero().ifPresent(this::report);
    }
    Metrics metrics;
    try {
      metrics = apply(step, accumulated.get(), reference, optimizer);
    } catch (RuntimeException e) {
      throw TrainingException.inUpdate(noun(), step, ids, e);
    }
    report(new TrainingStep(step, course.totalSteps(), metrics));
    return true;
  }

  /** What a window's forward and backward passes left beside the gradients. */
  private record Accumulated(
      double loss, double gradNorm, long tokens, Bco.RunningShift rewardShift, Metrics metrics) {}

  /** Forward, objective, backward, once a micro-batch. Empty if it was cancelled. */
  private Optional<Accumulated> accumulate(
      List<MicroBatch> batches, OpenReference reference, Optimizer optimizer) {
    Whole whole = whole(batches, reference);
    double loss = 0.0;
    Metrics metrics = Metrics.NONE;
    for (MicroBatch micro : batches) {
      if (isCancelled()) {
        optimizer.discardGradients();
        return Optional.empty();
      }
      Optional<TokenValues> referenceLogProbs = logProbs(reference, micro);
      try (ForwardPass pass = policy.forward(micro.groups(), statistics())) {
        whole = settings.task().seen(micro, pass.scores(), referenceLogProbs, whole);
        Evaluation evaluation =
            settings.task().evaluate(micro, pass.scores(), referenceLogProbs, whole);
        NotFiniteException.require(evaluation, micro);
        pass.backward(evaluation.gradient());
        loss += evaluation.loss();
        metrics = metrics.merge(evaluation.metrics());
        record.pairs(
            () ->
                settings
                    .task()
                    .pairScores(
                        micro,
                        pass.scores(),
                        referenceLogProbs,
                        PairScore.learnt(progress.step() + 1)));
        checkStepZero(micro, pass.scores(), referenceLogProbs, whole);
      }
    }
    double gradNorm =
        NotFiniteException.require("grad_norm", optimizer.gradientNorm(), MicroBatch.ids(batches));
    long windowTokens = batches.stream().mapToLong(MicroBatch::tokens).sum();
    return Optional.of(new Accumulated(loss, gradNorm, windowTokens, whole.rewardShift(), metrics));
  }

  private Optional<TokenValues> logProbs(OpenReference reference, MicroBatch micro) {
    return reference.logProbs(noun(), micro);
  }

  private Whole whole(List<MicroBatch> batches, OpenReference reference) {
    Whole.Scoring scoring = new Inference(policy, reference, settings.batch(), noun());
    return settings.task().whole(batches, scoring, progress.rewardShift());
  }

  /** Passes over a step that is not finite, or ends the run. */
  private void skip(int step, OpenReference reference, NotFiniteException problem) {
    int skippedInARow = progress.skippedInARow() + 1;
    int most = settings.nonFinite().maxSkippedInARow();
    if (most == 0) {
      throw TrainingException.inStep(noun(), step, problem.exampleIds(), problem);
    }
    if (skippedInARow > most) {
      throw TrainingException.inLastSkippable(
          noun(), step, "at most " + most + " steps in a row are skipped", problem);
    }
    if (step == course.totalSteps() && !progress.hasSteps()) {
      throw TrainingException.inLastSkippable(
          noun(), step, "every step of the run was skipped", problem);
    }
    try {
      reference.afterStep(step);
    } catch (RuntimeException e) {
      throw TrainingException.inStep(noun(), step, problem.exampleIds(), e);
    }
    report(
        new SkippedStep(
            step, course.totalSteps(), problem.quantity(), problem.value(), problem.exampleIds()));
  }

  /** Clips, updates the parameters, moves a moving reference. */
  private Metrics apply(
      int step, Accumulated gradient, OpenReference reference, Optimizer optimizer) {
    double learningRate =
        settings.optimizer().learningRate()
            * settings.schedule().factor(step - 1, course.totalSteps());
    optimizer.step(learningRate, clip(settings.maxGradNorm(), gradient.gradNorm()));
    reference.afterStep(step);
    progress.addTokens(gradient.tokens());
    progress.shiftTo(gradient.rewardShift());
    Metrics metrics =
        Metrics.NONE
            .with("loss", gradient.loss())
            .with("grad_norm", gradient.gradNorm())
            .with("learning_rate", learningRate)
            .with("epoch", (double) step / course.stepsPerEpoch())
            .with("num_tokens", (double) progress.tokens());
    return (settings.nonFinite().skips()
            ? metrics.with("skipped_steps", (double) progress.skippedSteps())
            : metrics)
        .merge(gradient.metrics());
  }

  /** Scales gradients to the greatest norm allowed, as PyTorch's {@code clip_grad_norm_} does. */
  static double clip(double maxGradNorm, double gradNorm) {
    return Math.min(1.0, maxGradNorm / (gradNorm + 1e-6));
  }

  /**
   * Compares the loss of the run's very first micro-batch with what policy = reference gives. The
   * reference has no dropout, so where training has some the policy is scored again without it:
   * nothing was updated yet.
   */
  private void checkStepZero(
      MicroBatch micro, TokenScores scores, Optional<TokenValues> reference, Whole whole) {
    if (progress.stepZero().isEmpty() && !progress.hasSteps()) {
      TokenScores compared =
          policy.hasDropout() && reference.isPresent()
              ? policy.score(micro.groups(), statistics())
              : scores;
      settings.task().stepZero(micro, compared, reference, whole).ifPresent(progress::checked);
    }
  }

  private void report(TrainingStep done) {
    progress.add(done);
    record.add(done);
    listeners.forEach(listener -> listener.onStep(done));
  }

  private void report(SkippedStep done) {
    LOG.warn(
        "step {} skipped: {} is {}, from {}s {}",
        done.step(),
        done.quantity(),
        done.value(),
        noun(),
        done.exampleIds());
    progress.add(done);
    record.add(done);
    listeners.forEach(listener -> listener.onSkippedStep(done));
  }

  private void report(StepZero check) {
    listeners.forEach(listener -> listener.onStepZero(check));
  }

  private boolean isEvaluationDue(int step) {
    return course.isEvaluated(step) && !progress.isEvaluated(step);
  }

  /** Scores the held-out examples. Empty if it was cancelled. */
  private Optional<Metrics> evaluate(int step, OpenReference reference) {
    double loss = 0.0;
    Metrics metrics = Metrics.NONE;
    Whole whole = evaluating(step, course.heldOut(), () -> whole(course.heldOut(), reference));
    for (MicroBatch micro : course.heldOut()) {
      if (isCancelled()) {
        return Optional.empty();
      }
      Evaluation evaluation =
          evaluating(
              step,
              List.of(micro),
              () -> {
                TokenScores scores = policy.score(micro.groups(), statistics());
                Optional<TokenValues> referenceLogProbs = logProbs(reference, micro);
                Evaluation made = settings.task().evaluate(micro, scores, referenceLogProbs, whole);
                double unused = NotFiniteException.require("loss", made.loss(), micro.ids());
                record.pairs(
                    () ->
                        settings
                            .task()
                            .pairScores(micro, scores, referenceLogProbs, PairScore.heldOut(step)));
                return made;
              });
      loss += evaluation.loss();
      metrics = metrics.merge(evaluation.metrics());
    }
    return Optional.of(Metrics.NONE.with("loss", loss).merge(metrics).prefixed("eval_"));
  }

  private <T> T evaluating(int step, List<MicroBatch> of, Supplier<T> evaluation) {
    try {
      return evaluation.get();
    } catch (NotFiniteException e) {
      throw TrainingException.inEvaluation(noun(), step, e.exampleIds(), e);
    } catch (RuntimeException e) {
      throw TrainingException.inEvaluation(noun(), step, MicroBatch.ids(of), e);
    }
  }

  private void reportEvaluation(TrainingStep done) {
    progress.addEvaluation(done);
    record.addEvaluation(done);
    listeners.forEach(listener -> listener.onEvaluation(done));
  }

  private boolean isEarlyStopDue(int step) {
    EarlyStopping rule = settings.earlyStopping();
    return rule != null
        && progress.isEvaluated(step)
        && progress.hasSteps()
        && rule.isMet(Lists.transform(progress.evaluations(), TrainingStep::metrics));
  }

  private Set<TokenStatistic> statistics() {
    return settings.task().traits().statistics();
  }

  private String noun() {
    return settings.task().noun();
  }

  private boolean isCancelled() {
    return settings.cancellation().isCancelled() || Thread.currentThread().isInterrupted();
  }
}
