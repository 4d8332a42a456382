package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dpo4j.torch.internal.template.Statement.If;

/** Reads a template's statements by Jinja's grammar. */
final class TemplateParser {

  private static final int MAX_DEPTH = 60;
  private static final int MAX_PIECES = 20_000;
  private static final ImmutableSet<String> SPECIAL =
      ImmutableSet.of("caller", "varargs", "kwargs");

  private final Origin origin;
  private final ImmutableList<Piece> pieces;
  private final Analysis analysis = new Analysis();
  private int at;
  private int depth;
  private int loops;

  private TemplateParser(Origin origin, ImmutableList<Piece> pieces) {
    this.origin = origin;
    this.pieces = pieces;
  }

  /**
   * A template that was read.
   *
   * @param body what it does
   * @param variables what it reads that may not be its own
   */
  record Parsed(Body body, ImmutableSet<String> variables) {}

  /**
   * Reads a template.
   *
   * @param origin for messages
   * @param template Jinja
   * @return its statements
   * @throws IllegalArgumentException if it is malformed or uses what is not supported
   */
  static Parsed parse(Origin origin, String template) {
    ImmutableList<Piece> pieces = PieceScanner.scan(origin, template);
    if (pieces.size() > MAX_PIECES) {
      throw origin.refuse(
          pieces.get(MAX_PIECES).line(), "a template must have at most " + MAX_PIECES + " parts");
    }
    TemplateParser parser = new TemplateParser(origin, pieces);
    ImmutableList.Builder<Statement> statements = ImmutableList.builder();
    while (parser.at < pieces.size()) {
      statements.add(parser.statement(pieces.get(parser.at++)));
    }
    return new Parsed(new Body(statements.build()), ImmutableSet.copyOf(parser.analysis.free()));
  }

  /** A body and the tag that ends it, its keyword read. */
  private record Ended(Body body, String keyword, Tokens tokens, int line) {}

  /** The statements up to a tag with one of a few keywords. */
  private Ended body(String opened, int line, String... ends) {
    if (++depth > MAX_DEPTH) {
      throw origin.refuse(line, "blocks must not be nested deeper than " + MAX_DEPTH);
    }
    Set<String> keywords = ImmutableSet.copyOf(ends);
    ImmutableList.Builder<Statement> statements = ImmutableList.builder();
    while (at < pieces.size()) {
      Piece piece = pieces.get(at++);
      if (piece instanceof Piece.Statement tag
          && tag.tokens().get(0).kind() == Token.Kind.NAME
          && keywords.contains(tag.tokens().get(0).text())) {
        depth--;
        Tokens tokens = new Tokens(origin, tag.tokens());
        return new Ended(new Body(statements.build()), tokens.next().text(), tokens, tag.line());
      }
      statements.add(statement(piece));
    }
    throw origin.refuse(line, "the " + opened + " that begins here must end");
  }

  /** A body with variables of its own. */
  private Body scope(String keyword, int line) {
    analysis.begin();
    return endScope(body(keyword, line, "end" + keyword));
  }

  private Body scopeOutsideOfLoops(String keyword, int line) {
    analysis.begin();
    return endScope(bodyOutsideOfLoops(keyword, line));
  }

  private Body endScope(Ended ended) {
    ended.tokens().expectEnd();
    Set<String> unused = analysis.end();
    return ended.body();
  }

  private Statement statement(Piece piece) {
    if (piece instanceof Piece.Literal literal) {
      return new Statement.Literal(piece.line(), literal.text());
    }
    if (piece instanceof Piece.Print print) {
      Expression expression = expressions(new Tokens(origin, print.tokens())).whole();
      return new Statement.Print(piece.line(), expression);
    }
    return tag(new Tokens(origin, ((Piece.Statement) piece).tokens()), piece.line());
  }

  private ExpressionParser expressions(Tokens tokens) {
    return new ExpressionParser(tokens, analysis);
  }

  private Statement tag(Tokens tokens, int line) {
    Token keyword = tokens.next();
    return switch (keyword.kind() == Token.Kind.NAME ? keyword.text() : "") {
      case "if" -> condition(tokens, line);
      case "for" -> loop(tokens, line);
      case "set" -> set(tokens, line);
      case "macro" -> macro(tokens, line);
      case "call" -> call(tokens, line);
      case "filter" -> filter(tokens, line);
      case "with" -> with(tokens, line);
      case "autoescape" -> autoescape(tokens, line);
      case "generation" -> generation(tokens, line);
      case "block" -> block(tokens, line);
      case "print" -> print(tokens, line);
      case "break", "continue" -> leave(keyword.text(), tokens, line);
      case "elif", "endif" -> throw origin.refuse(line, outside(keyword.text(), "an open if"));
      case "else" -> throw origin.refuse(line, outside("else", "an if or a for"));
      case "endfor",
          "endset",
          "endmacro",
          "endcall",
          "endfilter",
          "endwith",
          "endautoescape",
          "endgeneration",
          "endblock" ->
          throw origin.refuse(
              line, outside(keyword.text(), "an open " + keyword.text().substring(3)));
      default -> throw origin.refuse(line, "the tag " + keyword.shown() + " is not supported");
    };
  }

  private static String outside(String tag, String what) {
    return tag + " must belong to " + what;
  }

  private Statement condition(Tokens tokens, int line) {
    analysis.beginCondition();
    ImmutableList.Builder<If.Branch> branches = ImmutableList.builder();
    Tokens tag = tokens;
    int branchLine = line;
    while (true) {
      Expression test = conditionOf(tag);
      Ended ended = body("if", line, "elif", "else", "endif");
      branches.add(new If.Branch(branchLine, test, ended.body()));
      tag = ended.tokens();
      branchLine = ended.line();
      if (!ended.keyword().equals("elif")) {
        Body otherwise = ended.keyword().equals("else") ? otherwise(tag, line) : Body.EMPTY;
        tag.expectEnd();
        analysis.endCondition();
        return new If(line, branches.build(), otherwise);
      }
    }
  }

  private Expression conditionOf(Tokens tokens) {
    ExpressionParser expressions = expressions(tokens);
    Expression test = expressions.simpleList("");
    expressions.endBeforeBody();
    return test;
  }

  private Body otherwise(Tokens tokens, int line) {
    boolean unused = tokens.take(":");
    tokens.expectEnd();
    Ended ended = body("if", line, "endif", "elif", "else");
    if (!ended.keyword().equals("endif")) {
      throw origin.refuse(ended.line(), ended.keyword() + " must not come after else");
    }
    ended.tokens().expectEnd();
    return ended.body();
  }

  private Statement loop(Tokens tokens, int line) {
    Targets targets = new Targets(tokens);
    Target target = targets.list("in");
    if (!tokens.takeName("in")) {
      throw tokens.refuse("'in' is wanted, not " + tokens.peek().shown());
    }
    ExpressionParser expressions = expressions(tokens);
    Expression through = expressions.simpleList("recursive");
    analysis.begin();
    targets.names().forEach(analysis::bind);
    Optional<Expression> condition =
        tokens.takeName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    analysis.bind("loop");
    boolean isRecursive = tokens.takeName("recursive");
    expressions.endBeforeBody();
    loops++;
    Ended ended = body("for", line, "endfor", "else");
    loops--;
    Set<String> unusedNames = analysis.end();
    Body otherwise = Body.EMPTY;
    if (ended.keyword().equals("else")) {
      boolean unused = ended.tokens().take(":");
      ended.tokens().expectEnd();
      otherwise = scope("for", line);
    } else {
      ended.tokens().expectEnd();
    }
    return new Statement.For(
        line, target, through, condition, isRecursive, ended.body(), otherwise);
  }

  private Statement set(Tokens tokens, int line) {
    Targets targets = new Targets(tokens);
    Target target = targets.listInNamespaces();
    ExpressionParser expressions = expressions(tokens);
    if (tokens.take("=")) {
      Expression value = expressions.whole();
      bind(targets);
      return new Statement.Assign(line, target, value);
    }
    Postfixes filters = new Postfixes(tokens, expressions);
    ImmutableList<Expression.Filter> applied = filters.filters();
    end(filters, expressions);
    Body body = scopeOutsideOfLoops("set", line);
    bind(targets);
    return new Statement.AssignBody(line, target, applied, body);
  }

  private void bind(Targets targets) {
    targets.read().forEach(analysis::read);
    targets.names().forEach(analysis::bind);
  }

  private void end(Postfixes filters, ExpressionParser expressions) {
    expressions.endBeforeBody();
    if (!analysis.isConditional()) {
      filters.refuseUnknown();
    }
  }

  private Statement macro(Tokens tokens, int line) {
    String name = tokens.expectVariable();
    analysis.bind(name);
    ExpressionParser expressions = expressions(tokens);
    analysis.begin();
    tokens.expect("(");
    Parameters parameters = Parameters.read(tokens, expressions, analysis);
    expressions.endBeforeBody();
    Routine routine = routine("macro", line, Optional.of(name), parameters);
    return new Statement.Define(line, name, routine.signature(), routine.body());
  }

  private Statement call(Tokens tokens, int line) {
    ExpressionParser expressions = expressions(tokens);
    analysis.begin();
    Parameters parameters =
        tokens.take("(")
            ? Parameters.read(tokens, expressions, analysis)
            : new Parameters(ImmutableList.of(), ImmutableList.of());
    Set<String> unused = analysis.end();
    if (!(expressions.expression() instanceof Expression.Call call)) {
      throw tokens.refuse("a call block must call something");
    }
    expressions.endBeforeBody();
    analysis.begin();
    parameters.names().forEach(analysis::bind);
    Routine routine = routine("call", line, Optional.empty(), parameters);
    return new Statement.CallWithBody(line, call, routine.signature(), routine.body());
  }

  /** What can be called. */
  private record Routine(Macro.Signature signature, Body body) {}

  private Routine routine(String keyword, int line, Optional<String> name, Parameters parameters) {
    SPECIAL.forEach(analysis::bind);
    Ended ended = bodyOutsideOfLoops(keyword, line);
    ended.tokens().expectEnd();
    Set<String> read = analysis.end();
    Macro.Signature signature =
        new Macro.Signature(
            name,
            parameters.names(),
            parameters.defaults(),
            read.contains("caller"),
            read.contains("varargs") && !parameters.names().contains("varargs"),
            read.contains("kwargs") && !parameters.names().contains("kwargs"));
    return new Routine(signature, ended.body());
  }

  /** A body that is rendered on its own, so that nothing in it ends a loop around. */
  private Ended bodyOutsideOfLoops(String keyword, int line) {
    int outerLoops = loops;
    loops = 0;
    Ended ended = body(keyword, line, "end" + keyword);
    loops = outerLoops;
    return ended;
  }

  private Statement filter(Tokens tokens, int line) {
    ExpressionParser expressions = expressions(tokens);
    Postfixes filters = new Postfixes(tokens, expressions);
    ImmutableList<Expression.Filter> applied =
        ImmutableList.<Expression.Filter>builder()
            .add(filters.filter(ExpressionParser.UNDEFINED))
            .addAll(filters.filters())
            .build();
    end(filters, expressions);
    return new Statement.FilterBody(line, applied, scopeOutsideOfLoops("filter", line));
  }

  private Statement with(Tokens tokens, int line) {
    List<Target> targets = new ArrayList<>();
    ImmutableList.Builder<Expression> values = ImmutableList.builder();
    List<String> names = new ArrayList<>();
    ExpressionParser expressions = expressions(tokens);
    while (tokens.peek().kind() != Token.Kind.END && !tokens.peek().isOperator(":")) {
      if (!targets.isEmpty()) {
        tokens.expect(",");
      }
      Targets target = new Targets(tokens);
      targets.add(target.list(""));
      names.addAll(target.names());
      tokens.expect("=");
      values.add(expressions.expression());
    }
    expressions.endBeforeBody();
    analysis.begin();
    names.forEach(analysis::bind);
    Body body = endScope(body("with", line, "endwith"));
    return new Statement.With(line, ImmutableList.copyOf(targets), values.build(), body);
  }

  private Statement autoescape(Tokens tokens, int line) {
    ExpressionParser expressions = expressions(tokens);
    Expression escapes = expressions.expression();
    expressions.endBeforeBody();
    return new Statement.Autoescape(line, escapes, scope("autoescape", line));
  }

  private Statement generation(Tokens tokens, int line) {
    boolean unused = tokens.take(":");
    tokens.expectEnd();
    return new Statement.Generation(line, scopeOutsideOfLoops("generation", line));
  }

  private Statement block(Tokens tokens, int line) {
    String name = tokens.expectVariable();
    boolean isScoped = tokens.takeName("scoped");
    boolean isRequired = tokens.takeName("required");
    tokens.expectEnd();
    analysis.begin();
    Ended ended = bodyOutsideOfLoops("block", line);
    boolean unused = ended.tokens().takeName(name);
    return new Statement.Block(line, isScoped, isRequired, endScope(ended));
  }

  private Statement print(Tokens tokens, int line) {
    ExpressionParser expressions = expressions(tokens);
    ImmutableList.Builder<Expression> values = ImmutableList.builder();
    while (tokens.peek().kind() != Token.Kind.END) {
      values.add(expressions.expression());
      if (!tokens.take(",")) {
        break;
      }
    }
    expressions.end();
    return new Statement.PrintAll(line, values.build());
  }

  private Statement leave(String keyword, Tokens tokens, int line) {
    tokens.expectEnd();
    if (loops == 0) {
      throw origin.refuse(line, keyword + " must be inside of a for");
    }
    return new Statement.Leave(line, keyword.equals("break") ? Flow.BREAK : Flow.CONTINUE);
  }
}
