"""The demo's articles: of each kind one, through the services, with a correction and a person."""

from sqlalchemy import select

from portal.kernel.clock import now
from portal.kernel.db import Database
from portal.publicity.models import Article, ArticleVersion
from portal.publicity.rules.articles import ArticleKind, ArticleState, Provenance
from portal.site.demo.articles import plant_articles
from tests.site.test_demo import city

__all__ = ["city"]


def test_an_article_of_each_kind_is_there_and_one_of_each_state(city: Database) -> None:
    plant_articles(city, now())
    with city.read() as session:
        rows = session.execute(select(Article.kind, Article.state, Article.shown_version)).all()
        taken = session.scalars(
            select(ArticleVersion.origin_url).where(
                ArticleVersion.provenance == Provenance.REPOSTED
            )
        ).all()
    shown = {row.kind for row in rows if row.state is ArticleState.PUBLISHED}
    assert shown == set(ArticleKind)
    assert {row.state for row in rows} >= {ArticleState.DRAFT, ArticleState.WITHDRAWN}
    assert max(row.shown_version or 0 for row in rows) == 2
    assert taken == ["https://example.org/news/saturday"]
