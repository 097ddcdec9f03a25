"""Codes, refresh tokens, devices, pushed requests and exchanges: their lives, by the specification and against it."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, multiple, precondition, rule

from oauth_ext.clients.models import GrantType
from tests.attack.machines.models import Code, Device, Pushed
from tests.attack.machines.world import ORDERS, OWN, STOCK, Answer, Grant, Party, Person, World, numbers, people, scopes
from tests.factories import REDIRECT_URI, Pkce, Response, authorization_parameters, pkce
from tests.oauth_ext.authorization.device.steps import answer as answer_device

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
CODE_SECONDS, PUSHED_SECONDS, DEVICE_SECONDS = 60, 60, 600
MOST_LINKS = 4
GRACE_SECONDS, IDLE_SECONDS, MOST_SECONDS = 10, 30 * 86400, 90 * 86400
mostly = st.sampled_from([True, True, True, False])
seldom = st.sampled_from([False, False, False, True])

MaybeCode = Code | MultipleResults[Code]
codes: Bundle[Code] = Bundle("codes")
pushes: Bundle[Pushed] = Bundle("pushes")


class Buying(World):
    """What several machines do: get a code, redeem it, take in what it bought."""

    def party(self, *, narrow: bool) -> Party:
        return self.narrow if narrow else self.app

    def other(self, party: Party) -> Party:
        return self.app if party is self.narrow else self.narrow

    def ask(self, who: Person, party: Party, asked: list[str], targets: tuple[str, ...] = ()) -> Code | None:
        """Send somebody to the authorization endpoint, who allows what is asked; None where nobody is signed in."""
        pair = pkce()
        query = authorization_parameters(party.client, pair.challenge, scope=" ".join(asked))
        response = who.browser.get("/o/authorize/", {**query, "resource": list(targets)})
        return self.code_in(response, who, party, pair, asked, targets)

    def code_in(
        self, response: Response, who: Person, party: Party, pair: Pkce, asked: list[str], targets: tuple[str, ...]
    ) -> Code | None:
        location = response.headers["Location"]
        if who.session is None:
            assert location.startswith("/accounts/login/"), location
            return None
        who.seen_at = self.now
        text = parse_qs(urlsplit(location).query)["code"][0]
        epochs = (who.epoch, party.epoch)
        return Code(text, pair, who, party, asked, targets, who.session, epochs, self.now + CODE_SECONDS)

    def use(self, code: Code, wrong: str | None = None, scope: str | None = None) -> Grant | None:
        """Redeem a code, with something wrong or nothing; return what it bought."""
        answer = self.post(
            "/o/token/",
            (self.other(code.party) if wrong == "client" else code.party).client,
            grant_type="authorization_code",
            code=code.text,
            code_verifier="w" * 43 if wrong == "verifier" else code.pair.verifier,
            redirect_uri="https://evil.example/cb" if wrong == "redirect_uri" else REDIRECT_URI,
            scope=scope,
        )
        fresh = code.stands and not code.used and self.now < code.expires_at
        if wrong == "verifier" and fresh:
            code.used = True  # burnt: no second guess
        elif wrong != "client" and code.grant is not None:
            code.grant.ended = True  # a replay ends what the first use bought
        if wrong or not fresh:
            assert (answer.status, answer.error) == (400, "invalid_grant"), answer
            return None
        code.used = True
        code.grant = self.allow(code.person, code.party, code.asked, code.targets, device=False)
        return self.begin(code.grant, answer)

    def begin(self, grant: Grant, answer: Answer) -> Grant:
        """Take in the first tokens of a grant."""
        self.bought(grant, answer, grant.scopes, grant.resources or (OWN,))
        grant.turns, grant.turned_at = [answer.body["refresh_token"]], self.now
        return grant


class Redeeming(Buying):
    """Codes are redeemed by the right client and by others, once and again."""

    @rule(
        code=codes,
        wrong=st.sampled_from([None, None, None, None, "client", "verifier", "redirect_uri"]),
        scope=st.sampled_from([None, "openid profile email roles:read"]),  # no parameter of this request
    )
    def redeem(self, code: Code, wrong: str | None, scope: str | None) -> None:
        self.use(code, wrong, scope)


class Codes(Redeeming):
    """The authorization code."""

    @rule(target=codes, person=people, narrow=st.booleans(), asked=scopes, at_orders=st.booleans(), signed_in=mostly)
    def get_code(self, person: int, narrow: bool, asked: list[str], at_orders: bool, signed_in: bool) -> MaybeCode:
        who = self.people[person]
        if signed_in:
            self.be_signed_in(who)
        return self.ask(who, self.party(narrow=narrow), asked, (ORDERS,) if at_orders else ()) or multiple()


class Pushes(Redeeming):
    """Pushed requests, brought by a browser."""

    @rule(target=pushes, narrow=st.booleans(), asked=scopes)
    def push(self, narrow: bool, asked: list[str]) -> Pushed:
        party, pair = self.party(narrow=narrow), pkce()
        query = authorization_parameters(party.client, pair.challenge, scope=" ".join(asked))
        answer = self.post("/o/par/", party.client, **query)
        assert answer.status == 201, answer
        return Pushed(answer.body["request_uri"], pair, party, asked, self.now + PUSHED_SECONDS)

    @rule(target=codes, pushed=pushes, person=people, stranger=seldom, more=st.booleans(), signed_in=mostly)
    def bring(self, pushed: Pushed, person: int, stranger: bool, more: bool, signed_in: bool) -> MaybeCode:
        who = self.people[person]
        if signed_in:
            self.be_signed_in(who)
        party = self.other(pushed.party) if stranger else pushed.party
        query = {"client_id": party.client.client_id, "request_uri": pushed.uri}
        if more:  # what stands beside the name counts for nothing
            query |= {"scope": "openid email offline_access", "redirect_uri": "https://evil.example/cb"}
        response = who.browser.get("/o/authorize/", query)
        if stranger or pushed.used or self.now >= pushed.expires_at:
            assert response.status_code == 400
            return multiple()
        pushed.used = True
        response = who.browser.get(response.headers["Location"])
        return self.code_in(response, who, pushed.party, pushed.pair, pushed.asked, ()) or multiple()


class Devices(Buying):
    """Devices that show a code."""

    def __init__(self) -> None:
        super().__init__()
        self.devices: list[Device] = []

    @rule(narrow=st.booleans(), asked=scopes)
    def start_device(self, narrow: bool, asked: list[str]) -> None:
        party = self.party(narrow=narrow)
        answer = self.post("/o/device-authorization/", party.client, scope=" ".join(asked))
        assert answer.status == 200, answer
        codes = (answer.body["device_code"], answer.body["user_code"])
        self.devices.append(Device(*codes, party, asked, self.now + DEVICE_SECONDS))

    @precondition(lambda self: self.devices)
    @rule(number=numbers, person=people, allowed=mostly)
    def answer_a_device(self, number: int, person: int, allowed: bool) -> None:
        device = self.pick(self.devices, number, where=lambda device: device.allowed is None)
        assume(device.allowed is None and self.now < device.expires_at)
        who = self.people[person]
        self.be_signed_in(who)
        who.seen_at = self.now
        page = answer_device(who.browser, device.user_code, "allow" if allowed else "deny")
        assert page.status_code == 200
        device.allowed, device.answered_by = allowed, who
        device.epochs = (who.epoch, device.party.epoch)

    @precondition(lambda self: self.devices)
    @rule(number=numbers, stranger=seldom)
    def poll(self, number: int, stranger: bool) -> None:
        device = self.pick(self.devices, number, where=lambda device: device.allowed is not None)
        client = (self.other(device.party) if stranger else device.party).client
        grant_type = GrantType.DEVICE_CODE.value
        answer = self.post("/o/token/", client, grant_type=grant_type, device_code=device.device_code)
        if stranger:
            assert (answer.status, answer.error) == (400, "invalid_grant"), answer
            return
        if answer.status != 200:
            self._refused(device, answer.error)
            return
        who = device.answered_by
        assert who is not None
        assert device.allowed is True
        assert not device.used
        assert self.now < device.expires_at
        assert device.epochs == (who.epoch, device.party.epoch)
        device.used = True
        device.grant = self.allow(who, device.party, device.asked, (), device=True)
        self.begin(device.grant, answer)

    def _refused(self, device: Device, error: str) -> None:
        if device.used:
            assert error == "invalid_grant"
            assert device.grant is not None
            device.grant.ended = True
        elif device.allowed is False:
            assert error == "access_denied"  # whenever it asks: a no is an answer
        elif self.now >= device.expires_at:
            assert error == "expired_token"
        elif device.allowed is None:
            assert error in {"authorization_pending", "slow_down"}
        else:
            who = device.answered_by
            assert who is not None
            assert error == "invalid_grant"
            assert device.epochs != (who.epoch, device.party.epoch)


class Refreshes(Buying):
    """Families live on: they are refreshed, replayed, revoked."""

    @rule(person=people, narrow=st.booleans(), asked=scopes, at_orders=mostly)
    def buy(self, person: int, narrow: bool, asked: list[str], at_orders: bool) -> None:
        """The good way from request to tokens, in one step."""
        who = self.people[person]
        self.be_signed_in(who)
        code = self.ask(who, self.party(narrow=narrow), asked, (ORDERS,) if at_orders else ())
        assert code
        assert self.use(code)

    @precondition(lambda self: self.grants)
    @rule(
        number=numbers,
        back=st.sampled_from([0, 0, 0, 1, 1, 2]),
        stranger=seldom,
        asked=st.sampled_from([None, None, "openid", "openid email", "openid profile email offline_access roles:read"]),
    )
    def refresh(self, number: int, back: int, stranger: bool, asked: str | None) -> None:
        grant = self.pick(self.grants, number, where=lambda grant: grant.stands)
        presented = grant.turns[max(len(grant.turns) - 1 - back, 0)]
        counter, current = grant.turns.index(presented), len(grant.turns) - 1
        client = (self.other(grant.party) if stranger else grant.party).client
        answer = self.post("/o/token/", client, grant_type="refresh_token", refresh_token=presented, scope=asked)
        since = self.now - grant.turned_at
        stands = grant.stands and self.now - grant.born_at < MOST_SECONDS
        in_grace = counter == current - 1 and since < GRACE_SECONDS
        repeats = in_grace and grant.turned_for == (asked or "")
        current_and_used = counter == current and since <= IDLE_SECONDS
        if stranger or not stands or not (current_and_used or repeats):
            assert (answer.status, answer.error) == (400, "invalid_grant"), answer
            if not stranger and stands and counter < current and not in_grace:
                grant.ended = True  # theft
            return
        wanted = frozenset(asked.split()) if asked else grant.scopes
        if not wanted <= grant.scopes:
            assert (answer.status, answer.error) == (400, "invalid_scope"), answer
            return
        self.bought(grant, answer, wanted, grant.resources or (OWN,))
        if repeats:
            assert answer.body["refresh_token"] == grant.turns[current]
            return
        assert answer.body["refresh_token"] not in grant.turns
        grant.turns.append(answer.body["refresh_token"])
        grant.turned_at, grant.turned_for = self.now, asked or ""

    @precondition(lambda self: self.grants)
    @rule(number=numbers, refresh=st.booleans(), stranger=mostly)
    def revoke(self, number: int, refresh: bool, stranger: bool) -> None:
        """Either of the last refresh tokens of a grant, or one of its access tokens."""
        grant = self.pick(self.grants, number, where=lambda grant: grant.stands)
        held = [token for token in self.tokens if token.grant is grant and token.parent is None]
        token = held[number % len(held)]
        text = grant.turns[-1 - number % min(len(grant.turns), 3)] if refresh else token.text
        client = (self.other(grant.party) if stranger else grant.party).client
        assert self.post("/o/revoke_token/", client, token=text).status == 200
        if not stranger and (refresh or self.is_live(token)):
            grant.ended = True


class Exchanges(Refreshes):
    """Services that exchange what they received."""

    @precondition(lambda self: self.tokens)
    @rule(
        number=numbers, stranger=seldom, asked=st.sampled_from([["openid"], ["openid", "profile"], ["openid", "email"]])
    )
    def exchange(self, number: int, stranger: bool, asked: list[str]) -> None:
        """A service may give what it received, or got itself: `orders` for the stock, `stock` for nothing new."""
        token = self.pick(self.tokens, number, where=lambda token: token.audience == (ORDERS,) and self.is_live(token))
        service, own = (self.stock, STOCK) if stranger else (self.orders, ORDERS)
        answer = self.post(
            "/o/token/",
            service,
            grant_type=GrantType.TOKEN_EXCHANGE.value,
            subject_token=token.text,
            subject_token_type=ACCESS_TOKEN,
            resource=STOCK,
            scope=" ".join(asked),
        )
        received = token.audience == (own,) or token.got_by == service.client_id
        if not (received and self.is_live(token)):
            assert (answer.status, answer.error) == (400, "invalid_request"), answer
            return
        may_be_for_the_stock = not stranger or token.audience == (STOCK,)
        both_have = token.scopes & set(service.scopes)
        if len(token.line()) > MOST_LINKS or not set(asked) <= both_have or not may_be_for_the_stock:
            assert answer.status == 400, answer
            return
        bought = self.bought(token.grant, answer, frozenset(asked), (STOCK,))
        bought.parent, bought.got_by = token, service.client_id
        assert bought.expires_at <= token.expires_at


class Everything(Codes, Pushes, Devices, Exchanges):
    """All of them at once, so that what one thing ends is seen at another."""
